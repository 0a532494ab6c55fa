"""How gunicorn serves the house: a few processes with a few threads each, on this machine only.

A proxy with the certificate stands before it in production; `make demo` opens the same address directly.
"""

import ctypes
import ctypes.util
import gc
import os
from pathlib import Path

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # malloc.h of glibc

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
graceful_timeout = 10
# Load the house once and fork the processes from it: for tests, which start many servers.
preload_app = "WEB_PRELOAD" in os.environ
# The heartbeat file: on a disk it can stall a worker that is well.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Its place is the home folder of the user, shared by every server that runs there.
control_socket_disable = True
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")


def post_worker_init(worker):  # type: ignore[no-untyped-def]
    """Give back what was only needed to load the application, and say that it is there; tests wait for it."""
    gc.collect()
    gc.freeze()  # what is loaded stays: nobody need look through it again
    libc = ctypes.CDLL(ctypes.util.find_library("c"))
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)
    worker.log.info("worker ready")


def post_fork(server, worker):  # type: ignore[no-untyped-def]
    """Give large blocks back to the system at once: a password costs 19 MB for 50 ms, in each thread.

    glibc would raise its threshold after the first one and keep the rest, and keep a heap for each thread, of which
    only one works at a time in Python. Elsewhere than on glibc nothing is done.
    """
    libc = ctypes.CDLL(ctypes.util.find_library("c"))
    if hasattr(libc, "gnu_get_libc_version"):
        libc.mallopt(M_MMAP_THRESHOLD, 1024 * 1024)
        libc.mallopt(M_ARENA_MAX, 1)
