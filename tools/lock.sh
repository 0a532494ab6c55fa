#!/bin/sh
# Make the two lock files from pyproject.toml; `tools/lock.sh --upgrade` takes newer releases.
# Both name the same version of everything, and neither names a registry: plain pip installs from them anywhere.
set -eu
cd "$(dirname "$0")/.."
lock() { uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 "$@"; }
lock --extra dev pyproject.toml -o requirements-dev.txt "$@"
lock pyproject.toml -c requirements-dev.txt -o requirements.txt "$@"
if grep -n '://' requirements.txt requirements-dev.txt; then
    echo "a lock file names an address" >&2
    exit 1
fi
