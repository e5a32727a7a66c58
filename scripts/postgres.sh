#!/bin/sh
# A PostgreSQL of its own for tests: prints its URL once it answers, and ends when standard input does, however that came about.
# With a folder, the data stays there for the next time; without one it goes with the server.
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)")
folder="${1:-}"
if [ -z "$folder" ]; then
    folder=$(mktemp -d /tmp/cairn-postgres.XXXXXX)
    trap 'rm -rf "$folder"' EXIT
fi

# It refuses to run as root.
as_owner=""
if [ "$(id -u)" = 0 ]; then
    owner=postgres
    id -u "$owner" >/dev/null 2>&1 || owner=nobody
    as_owner="setpriv --reuid=$owner --regid=$(id -g "$owner") --clear-groups"
    mkdir -p "$folder/data"
    chown "$owner" "$folder" "$folder/data"
fi

cd "$folder"
if [ ! -e "$folder/data/PG_VERSION" ]; then
    $as_owner "$bin/initdb" --pgdata="$folder/data" --username=cairn --auth=trust --encoding=UTF8 --no-locale --no-sync >/dev/null
fi
# No TCP port, so that no two are in each other's way. Syncs are left to the system: tests end processes, not machines.
$as_owner "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off -c max_connections=300 \
    >>"$folder/postgres.log" 2>&1 </dev/null &
server=$!
until "$bin/pg_isready" --quiet --host="$folder" --username=cairn; do
    kill -0 "$server" 2>/dev/null || { cat "$folder/postgres.log" >&2; exit 1; }
    sleep 0.05
done
echo "postgres://cairn@localhost/postgres?host=$folder"

while read -r _; do :; done
# At once, as a crash would: what was committed is there all the same.
kill -QUIT "$server" 2>/dev/null || true
wait "$server" 2>/dev/null || true
