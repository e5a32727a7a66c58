#!/bin/sh
# Installs the Debian packages behind what is named and missing: `cc` (a C compiler), `venv` (Python's virtual environments),
# `postgresql` (its server's programs).
# Asks apt for nothing if nothing is missing, so a machine that has all of it needs neither Debian nor root.
set -eu

packages=""
for need in "$@"; do
    case $need in
    cc) command -v cc >/dev/null || packages="$packages build-essential" ;;
    venv) python3 -c 'import ensurepip, venv' 2>/dev/null || packages="$packages python3 python3-venv" ;;
    postgresql)
        command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages="$packages postgresql"
        ;;
    *) echo "packages.sh: no such need: $need" >&2 && exit 2 ;;
    esac
done

if ! command -v cargo >/dev/null; then
    echo "Rust is missing: install it from https://rustup.rs" >&2
    exit 1
fi
if [ -z "$packages" ]; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "missing:$packages (the Debian names), and there is no apt-get to install them" >&2
    exit 1
fi

as_root=""
if [ "$(id -u)" != 0 ]; then
    as_root="sudo"
fi
echo "Installing:$packages"
# shellcheck disable=SC2086 # a list of words, to be split
$as_root env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get update -q && apt-get install -q -y --no-install-recommends "$@"' \
    apt $packages >&2
