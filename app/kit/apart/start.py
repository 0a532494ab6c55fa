"""The first lines of a child: it takes its limits upon itself, then becomes the module it was started for.

    python -I start.py FILE CPU_SECONDS MEMORY_BYTES OUTPUT_BYTES [ARGUMENT ...]

The limits are set here and not between fork and exec: a worker has several threads, in which that is not safe.
"""

from __future__ import annotations

import resource
import runpy
import sys

MOST_OPEN_FILES = 64


def main() -> None:
    file, seconds, memory, output, *arguments = sys.argv[1:]
    for limit, most in (
        (resource.RLIMIT_CPU, int(seconds)),
        (resource.RLIMIT_AS, int(memory)),
        (resource.RLIMIT_FSIZE, int(output)),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
    ):
        resource.setrlimit(limit, (most, most))
    sys.argv = [file, *arguments]
    runpy.run_path(file, run_name="__main__")


if __name__ == "__main__":
    main()
