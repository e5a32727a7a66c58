#!/bin/sh
# Installs the AWS SDK for JavaScript, as package-lock.json pins it, outside of the checkout. Made anew when the pins change.
set -eu
cd "$(dirname "$0")"
into="${CAIRN_JS:-$HOME/.cache/cairn-js}"

if ! command -v npm >/dev/null || ! node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)'; then
    echo "Node.js 20 or newer with npm is missing" >&2
    exit 1
fi
if cmp -s package-lock.json "$into/installed.json"; then
    exit 0
fi
rm -rf "$into"
mkdir -p "$into"
cp package.json package-lock.json "$into"
(cd "$into" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
# Last, so that what broke off is made anew.
cp package-lock.json "$into/installed.json"
