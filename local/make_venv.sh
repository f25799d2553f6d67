#!/bin/sh
# Make the virtual environment: make_venv.sh PYTHON FOLDER. One clear line when it cannot be made.
set -eu
python=$1
folder=$2

if ! command -v "$python" >/dev/null 2>&1; then
    echo "Python is missing: install python3 (3.11 or newer), or say where it is: make PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$("$python" --version) is too old: 3.11 or newer is needed (make PYTHON=/path/to/python3)" >&2
    exit 1
fi
if "$python" -m venv --clear "$folder" >/dev/null 2>&1; then
    exit 0
fi
# Debian and Ubuntu keep venv's pip in a package of its own.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing python3-venv ..."
    if DEBIAN_FRONTEND=noninteractive apt-get install -y -q python3-venv >/dev/null 2>&1 ||
        { apt-get update -q >/dev/null 2>&1 &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -q python3-venv >/dev/null 2>&1; }; then
        "$python" -m venv --clear "$folder" >/dev/null 2>&1 && exit 0
    fi
fi
rm -rf "$folder"
echo "python3 -m venv does not work here: sudo apt-get install -y python3-venv, then try again" >&2
exit 1
