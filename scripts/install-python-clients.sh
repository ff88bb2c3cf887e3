#!/usr/bin/env bash
# Installs the Python clients of the service suite into .cache/python, once: again only where their list has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=test/service/python/requirements.txt
installed=.cache/python/installed.txt
cmp -s "$wanted" "$installed" && exit 0
rm -rf .cache/python
python3 -m venv .cache/python
.cache/python/bin/pip install --quiet --disable-pip-version-check --requirement "$wanted"
cp "$wanted" "$installed"
