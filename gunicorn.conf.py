"""How gunicorn serves the house: a few processes with a few threads each, on this machine only.

A proxy with the certificate stands before it in production; `make demo` opens the same address directly.
"""

import os
from pathlib import Path

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
graceful_timeout = 10
# The heartbeat file: on a disk it can stall a worker that is well.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Its place is the home folder of the user, shared by every server that runs there.
control_socket_disable = True
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")


def post_worker_init(worker):  # type: ignore[no-untyped-def]
    """Say when a worker has loaded the application; tests wait for it."""
    worker.log.info("worker ready")
