#!/usr/bin/env bash
# Tests of one xdist_group run on several workers, without a word: pytest-xdist 3.8.0
# does not group under pytest 9.2.0.
#
# Expected: With `--dist loadgroup`, tests with the same mark `xdist_group` run in one
#   worker, so that what is costly to set up is set up once, or a port is used by one.
# Happens: The worker writes the group's name behind the private `_nodeid` of a test,
#   from which the scheduler had it; this release of pytest makes the id from another
#   attribute. Each test is then a group of its own. Nothing warns, all tests pass.
# Versions: pytest 9.2.0 and 8.4.2 with pytest-xdist 3.8.0, Python 3.11.
# Matters: A module's fixture is made once in each worker (parsing a book's pages took
#   three times as long), and tests that were grouped as they must not run at one time do.
# Source: https://pytest-xdist.readthedocs.io/en/stable/distribution.html
# Seen:
#   pytest 8.4.2: 12 tests of one group ran on 1 worker
#   pytest 9.2.0: 12 tests of one group ran on 3 workers
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > test_group.py <<'END'
import os
import pathlib
import time

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("k", range(12))
def test_one(k):
    time.sleep(0.2)
    pathlib.Path(f"worker-{os.environ['PYTEST_XDIST_WORKER']}").touch()
END
for version in 8.4.2 9.2.0; do
    "${PYTHON:-python3}" -m venv "venv-$version"
    "venv-$version/bin/python" -m pip install --quiet "pytest==$version" 'pytest-xdist==3.8.0'
    rm -f worker-*
    "venv-$version/bin/python" -m pytest -q -n 3 --dist loadgroup -p no:cacheprovider test_group.py > said
    grep -q "12 passed" said
    count=$(find . -maxdepth 1 -name "worker-*" | wc -l)
    workers=$([ "$count" = 1 ] && echo worker || echo workers)
    echo "pytest $version: 12 tests of one group ran on $count $workers"
    counts="${counts:-} $count"
done
[ "$counts" = " 1 3" ] || { echo "AssertionError: it was 1 and 3"; exit 1; }
