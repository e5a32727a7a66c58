#!/usr/bin/env bash
# Every test there is. Goes on to the end whatever fails; the last line is `N passed, N failed`, summed over the Rust tests, the
# checks of the tree (one each) and the end-to-end tests. Exit code 0 only if nothing failed.
set -u
cd "$(dirname "$0")/.." || exit 1

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/cairn-target}"
venv="${CAIRN_VENV:-$HOME/.cache/cairn-venv}"
reports="$(mktemp -d)"
trap 'rm -rf "$reports"' EXIT

passed=0
failed=0

say() {
    printf '\n=== %s\n' "$*"
}

# check NAME COMMAND...: one check, passed if the command succeeds.
check() {
    local name="$1"
    shift
    say "$name"
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
    fi
}

# The environment of the end-to-end tests: the real AWS CLI and boto3, outside the checkout. Made anew when the pins change.
make_venv() {
    local wanted="$venv/requirements.txt"
    if cmp -s e2e/requirements.txt "$wanted"; then
        return 0
    fi
    rm -rf "$venv"
    python3 -m venv "$venv" &&
        "$venv/bin/pip" install --quiet --disable-pip-version-check -r e2e/requirements.txt &&
        cp e2e/requirements.txt "$wanted"
}

# The generated shapes are as botocore's models say. The pins name the release that they were made from.
check_codegen() {
    local botocore
    botocore="$("$venv/bin/python" -c 'import os, botocore; print(os.path.dirname(botocore.__file__))')" &&
        cargo xtask codegen --check --botocore "$botocore"
}

# Sums the `test result:` lines. A run that fails without a failed test (it does not compile, a binary dies) counts as one.
rust_tests() {
    say "Rust tests"
    local report="$reports/cargo" status good bad
    cargo test --workspace --locked --no-fail-fast 2>&1 | tee "$report"
    status=${PIPESTATUS[0]}
    good=$(awk '/^test result:/ { sum += $4 } END { print sum + 0 }' "$report")
    bad=$(awk '/^test result:/ { sum += $6 } END { print sum + 0 }' "$report")
    if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
}

end_to_end_tests() {
    say "End-to-end tests"
    local report="$reports/pytest.xml" counts status good bad
    "$venv/bin/python" -m pytest e2e --junitxml="$report" -o junit_family=xunit2
    status=$?
    counts=$(python3 scripts/junit_counts.py "$report") || counts="0 0"
    read -r good bad <<<"$counts"
    if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
}

scripts/packages.sh cc venv postgresql || failed=$((failed + 1))
check "Python environment" make_venv
check "Build" cargo build --workspace --bins --locked
rust_tests
check "Style of the tree (cargo xtask tidy)" cargo xtask tidy
check "Generated code (cargo xtask codegen --check)" check_codegen
check "Formatting (cargo fmt --check)" cargo fmt --all --check
check "JavaScript SDK" e2e/clients/js/install.sh
check "Client in Rust" cargo build --locked --manifest-path e2e/clients/rust/Cargo.toml
check "Fuzzing, 5 seconds each (scripts/fuzz.sh)" scripts/fuzz.sh 5
end_to_end_tests

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
