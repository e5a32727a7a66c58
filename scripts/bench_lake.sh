#!/usr/bin/env bash
# SQL beside DuckDB: builds Cairn's side, gets DuckDB's newest version from PyPI, and asks both the same. Takes bench_lake.py's
# flags. The tables stay in $CAIRN_BENCH_LAKE and are filled once: some minutes, and 2 GB.
set -eu
cd "$(dirname "$0")/.."

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/cairn-target}"
venv="${CAIRN_BENCH_VENV:-$HOME/.cache/cairn-bench-venv}"
work="${CAIRN_BENCH_LAKE:-$HOME/.cache/cairn-bench-lake}"

scripts/packages.sh cc venv
# Built as a part of the workspace, or the SQL engine would get other features and be built again.
cargo build --release --locked --workspace --examples
test -x "$venv/bin/python" || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --upgrade duckdb pytz
exec "$venv/bin/python" scripts/bench_lake.py --program "$CARGO_TARGET_DIR/release/examples/lake-bench" --work "$work" "$@"
