#!/usr/bin/env bash
# Fuzzes the parsers of what strangers send: scripts/fuzz.sh SECONDS [TARGET...]. Each target runs for so many seconds, from
# fuzz/seeds/TARGET and always with the same seed, so that nobody's luck decides what is found. With CAIRN_FUZZ_CORPUS the
# inputs that reach new code are kept in that folder, runs go on from them, and no two are alike.
#
# Needs no nightly and no cargo-fuzz: the pinned compiler counts the edges that an input takes, and no memory is checked,
# because nothing here is unsafe. A find lies in $CARGO_TARGET_DIR/fuzz/finds; run the target on it to see it again.
set -eu
cd "$(dirname "$0")/.."

seconds="${1:?usage: scripts/fuzz.sh SECONDS [TARGET...]}"
shift
if [ $# = 0 ]; then
    # shellcheck disable=SC2046 # names without spaces
    set -- $(ls fuzz/seeds)
fi

host="$(rustc -vV | sed -n 's/^host: //p')"
folder="${CARGO_TARGET_DIR:-$HOME/.cache/cairn-target}/fuzz"
finds="$folder/finds"
mkdir -p "$finds"

# For this host by name: the flags are then the targets' alone, and build scripts are built without them.
coverage="-Cpasses=sancov-module"
for argument in level=4 inline-8bit-counters pc-table trace-compares; do
    coverage="$coverage -Cllvm-args=-sanitizer-coverage-$argument"
done
RUSTFLAGS="$coverage --cfg fuzzing" cargo build --manifest-path fuzz/Cargo.toml --target-dir "$folder" --target "$host" \
    --release --locked --bins

corpus="${CAIRN_FUZZ_CORPUS:-}"
seed="-seed=0"
if [ -z "$corpus" ]; then
    corpus="$(mktemp -d)"
    trap 'rm -rf "$corpus"' EXIT
    seed="-seed=1"
fi

for target in "$@"; do
    echo "--- $target"
    mkdir -p "$corpus/$target" "$finds/$target"
    "$folder/$host/release/$target" "$seed" -max_total_time="$seconds" -max_len=8192 -len_control=20 -timeout=10 \
        -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 -artifact_prefix="$finds/$target/" \
        "$corpus/$target" "fuzz/seeds/$target" 2>"$finds/$target.log" || {
        grep -E -A 3 'panicked at|ERROR: libFuzzer|written to' "$finds/$target.log"
        echo "FOUND: all of it is in $finds/$target.log"
        exit 1
    }
    grep -E 'number_of_executed_units|new_units_added|peak_rss_mb' "$finds/$target.log"
done
