"""The Lake over PostgreSQL's protocol: psql, psycopg, and what Grafana's data source is known to send."""

import json
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from certificates import Authority
from conftest import MakeServer
from events import event, unique
from server import ACCOUNT, ROOT, Server
from waiting import until
from wire import Key

# Every number of nine digits: nothing comes to the end of it soon.
TEN = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
DIGITS = " CROSS JOIN ".join(f"{TEN} AS t{number}(d{number})" for number in range(9))
LONG = f"SELECT count(*) FROM {DIGITS} WHERE d0 * d1 + d2 * d3 + d4 * d5 + d6 * d7 * d8 = 1"


def address(server: Server) -> tuple[str, int]:
    url = urlsplit((server.data / "endpoint.postgres").read_text().strip())
    return url.hostname, url.port


def connect(server: Server, key: Key = ROOT, **options: Any) -> psycopg.Connection:
    host, port = address(server)
    named = {"dbname": "us-east-1", "user": key.id, "password": key.secret, "connect_timeout": 10, **options}
    return psycopg.connect(host=host, port=port, **named)


def psql(server: Server, *commands: str, key: Key = ROOT, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    host, port = address(server)
    words = [word for command in commands for word in ("-c", command)]
    done = subprocess.run(
        ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", *words],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(server.home),
            "PGHOST": host,
            "PGPORT": str(port),
            "PGUSER": key.id,
            "PGPASSWORD": key.secret,
            "PGDATABASE": "us-east-1",
            **env,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, f"{commands}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("wired"), "--lake-postgres-listen", "127.0.0.1:0").start()
    try:
        yield server
        server.stop()
    finally:
        server.kill()


@pytest.fixture(scope="module")
def user(wired: Server) -> str:
    """A user with three events in history."""
    user = unique("asker")
    wired.post_events([event(f"Call{n}", user=user, requestParameters={"n": n}) for n in range(3)])
    wired.found(3, user=user)
    return user


def test_it_is_off_unless_it_is_asked_for(make_server: MakeServer) -> None:
    server = make_server().start()
    assert not (server.data / "endpoint.postgres").exists()


def test_psql_asks_and_describes(wired: Server, user: str) -> None:
    statement = f"SELECT eventName FROM history WHERE userIdentity.userName = '{user}' ORDER BY 1"
    assert psql(wired, statement).stdout.split() == ["Call0", "Call1", "Call2"]
    store = unique("store")
    wired.client("cloudtrail").create_event_data_store(Name=store, TerminationProtectionEnabled=False)
    tables = psql(wired, r"\dt").stdout
    assert f"public|history|table|{ROOT.id}" in tables and store in tables
    assert psql(wired, r"\dt history").stdout.splitlines() == [f"public|history|table|{ROOT.id}"]
    described = psql(wired, r"\d history").stdout
    assert "eventtime|timestamp with time zone" in described and "readonly|boolean" in described
    assert "useridentity|json" in described
    assert psql(wired, r"\d").stdout == tables
    assert "us-east-1" in psql(wired, r"\l").stdout
    assert "public" in psql(wired, r"\dn").stdout
    psql(wired, r"\conninfo", r"\du", r"\dv", r"\di", r"\df", r"\dT", r"\d+ history", r"\dt+")
    assert psql(wired, f'SELECT count(*) FROM "{store}"').stdout.strip().isdigit()
    assert "Filter" in psql(wired, "EXPLAIN SELECT eventID FROM history WHERE eventName = 'x'").stdout


def test_psql_points_at_a_mistake(wired: Server) -> None:
    done = psql(wired, "SELECT eventName,\n  evntTime FROM history", code=1, PGOPTIONS="")
    lines = done.stderr.splitlines()
    assert lines[0].startswith("ERROR:  ") and "eventtime" in lines[0]
    assert lines[1] == "LINE 2:   evntTime FROM history" and lines[2].strip() == "^"
    assert lines[2].index("^") == lines[1].index("evntTime")


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("SELEC 1", "25006"),
        ("SELECT FROM WHERE", "42601"),
        ("SELECT * FROM nowhere", "42P01"),
        ("SELECT * FROM 12345678-1234-4234-8234-123456789012", "42P01"),
        ("SELECT nothing FROM history", "42703"),
        ("SELECT nothing(1)", "42883"),
        ("SELECT eventName + 1 FROM history", "42804"),
        ("DELETE FROM history", "25006"),
        ("COPY history TO STDOUT", "25006"),
        ("CREATE TABLE x (y int)", "25006"),
        ("SHOW nothing", "42704"),
        ("SET client_encoding = 'LATIN1'", "22023"),
        ("SELECT eventName FROM history WHERE eventName = '" + "x" * 10_001 + "'", "54000"),
    ],
)
def test_errors_have_their_states_and_the_connection_goes_on(wired: Server, statement: str, state: str) -> None:
    with connect(wired, autocommit=True) as connection:
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(statement)
        assert caught.value.sqlstate == state, caught.value
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(statement.replace("%", "%%"), prepare=True)
        assert caught.value.sqlstate == state, caught.value
        assert connection.execute("SELECT 1 + 1").fetchone() == (2,)


def test_psycopg_gets_types(wired: Server, user: str) -> None:
    statement = (
        "SELECT eventTime, readOnly, count(*) OVER (), 1.5E0, date(eventTime), eventName, requestParameters, "
        "resources, null AS nothing FROM history WHERE userIdentity.userName = %s AND eventName = 'Call1'"
    )
    for binary in (False, True):
        with connect(wired) as connection, connection.cursor(binary=binary) as cursor:
            row = cursor.execute(statement, [user]).fetchone()
            kinds = [column.type_code for column in cursor.description]
        assert kinds == [1184, 16, 20, 701, 1082, 25, 114, 114, 25]
        assert abs(row[0] - datetime.now(timezone.utc)) < timedelta(hours=1) and row[0].date() == row[4]
        assert row[1] is not None and row[2] == 1 and row[3] == 1.5 and row[5] == "Call1"
        assert row[6] == {"n": "1"} and row[8] is None


def test_parameters_are_values_and_never_text(wired: Server, user: str) -> None:
    with connect(wired, autocommit=True) as connection:
        ask = lambda text, *values: connection.execute(text, values).fetchall()  # noqa: E731
        named = "SELECT eventName FROM history WHERE userIdentity.userName = %s"
        assert len(ask(named, user)) == 3
        assert ask(named, "x' OR '1' = '1") == []
        assert ask(named, "x'; DELETE FROM history --") == []
        since, until_ = datetime.now(timezone.utc) - timedelta(hours=1), datetime.now(timezone.utc)
        timed = named + " AND eventTime BETWEEN %s AND %s ORDER BY 1 LIMIT %s"
        assert ask(timed, user, since, until_, 2) == [("Call0",), ("Call1",)]
        assert ask("SELECT %s, %s, %s, %s", 7, True, 2.5, "it's") == [(7, True, 2.5, "it's")]
        assert ask("SELECT %s || 'b' AS x, %s IS NULL", "a", None) == [("ab", True)]
        # A statement that is prepared once and run often.
        for number in range(8):
            rows = connection.execute(named + " AND eventName = %s", [user, f"Call{number}"], prepare=True).fetchall()
            assert len(rows) == (1 if number < 3 else 0)


def test_transactions_cursors_and_settings_of_drivers_work(wired: Server, user: str) -> None:
    with connect(wired) as connection:
        with connection.transaction():
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert connection.info.parameter_status("server_encoding") == "UTF8"
        connection.execute("SET application_name = 'test'")
        assert connection.execute("SHOW application_name").fetchone() == ("test",)
        assert connection.execute("SELECT current_setting('application_name')").fetchone() == ("test",)
        connection.rollback()
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT nothing FROM history")
        connection.rollback()
        assert connection.execute("SELECT count(*) FROM history").fetchone()[0] >= 3
    with connect(wired, autocommit=True) as connection:
        results = connection.execute("SELECT 1; ; SELECT 2 AS b;")
        assert results.fetchall() == [(1,)] and results.nextset() and results.fetchall() == [(2,)]
        assert connection.execute("").statusmessage in (None, "")
        rows = list(connection.cursor().stream(f"SELECT d0 FROM {DIGITS} LIMIT 25000"))
        assert len(rows) == 25_000


GRAFANA = [
    ("SELECT version()", None),
    ("SELECT current_setting('server_version_num')::int/100 as version", [(1500,)]),
    ("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'", []),
    ("select quote_ident(column_name) as \"column\", data_type as \"type\"\n    from information_schema.columns\n"
     "    where quote_ident(table_name) = 'history';", None),
    ("select quote_ident(table_name) as \"table\" from information_schema.tables\n    where quote_ident(table_schema) "
     "not in ('information_schema', 'pg_catalog', '_timescaledb_cache')\n      and quote_ident(table_schema) IN (\n"
     "          SELECT\n            CASE WHEN trim(s[i]) = '\"$user\"' THEN user ELSE trim(s[i]) END\n          FROM\n"
     "            generate_series(\n              array_lower(string_to_array(current_setting('search_path'),','),1),\n"
     "              array_upper(string_to_array(current_setting('search_path'),','),1)\n            ) as i,\n"
     "            string_to_array(current_setting('search_path'),',') s\n          )", None),
]


def test_what_grafana_asks_by_itself_is_answered(wired: Server) -> None:
    with connect(wired, autocommit=True, sslmode="disable") as connection:
        for statement, expected in GRAFANA:
            rows = connection.execute(statement).fetchall()
            assert rows == expected if expected is not None else rows, statement
        assert ("history",) in connection.execute(GRAFANA[-1][0]).fetchall()
        assert ("eventtime", "timestamp with time zone") in connection.execute(GRAFANA[-2][0]).fetchall()


def test_grafanas_macros_run(wired: Server, user: str) -> None:
    """What $__time, $__timeFilter and $__timeGroup become before Grafana sends them."""
    since = (datetime.now(timezone.utc) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    until_ = (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    named = f"useridentity.username = '{user}'"
    with connect(wired, autocommit=True) as connection:
        rows = connection.execute(
            f'SELECT eventtime AS "time", eventname AS metric, 1 AS value FROM history '
            f"WHERE eventtime BETWEEN '{since}' AND '{until_}' AND {named} ORDER BY eventtime"
        ).fetchall()
        assert len(rows) == 3 and rows[0][0].tzinfo is not None
        rows = connection.execute(
            f'SELECT floor(extract(epoch from eventtime)/300)*300 AS "time", count(*) AS "calls" FROM public.history '
            f"WHERE eventtime BETWEEN '{since}' AND '{until_}' AND {named} GROUP BY 1 ORDER BY 1"
        ).fetchall()
        assert sum(row[1] for row in rows) == 3 and rows[0][0] % 300 == 0


def test_who_may_not_come_in_is_turned_away_and_recorded(wired: Server) -> None:
    disabled = wired.create_key()
    wired.cairn("key", "disable", disabled.id)
    refused = [Key(ROOT.id, "wrong", ACCOUNT), Key("AKIANOBODYNOBODYNOBO", "x", ACCOUNT), disabled]
    messages = set()
    for key in refused:
        with pytest.raises(psycopg.OperationalError) as caught:
            connect(wired, key)
        messages.add(str(caught.value).split("FATAL:")[-1].replace(key.id, "ID").strip())
    # Nobody is told which keys there are.
    assert messages == {'password authentication failed for user "ID"'}

    def recorded() -> bool:
        codes = {found.get("errorCode") for found in wired.lookup(name="Query") if "errorCode" in found}
        return len(codes & {"SignatureDoesNotMatch", "InvalidClientTokenId", "AccessDenied",
                            "InvalidSignatureException", "UnrecognizedClientException"}) >= 2

    until(recorded, "the refusals are on the record")


def test_keys_and_accounts_have_their_bounds(wired: Server, user: str) -> None:
    ingest = wired.create_key("--ingest-only")
    wired.cairn("user", "create", "wire-reader")
    reader = wired.create_key("--user", "wire-reader")
    for key in (ingest, reader):
        with connect(wired, key, autocommit=True) as connection, pytest.raises(psycopg.Error) as caught:
            connection.execute("SELECT count(*) FROM history")
        assert caught.value.sqlstate == "42501", caught.value
    other = wired.create_key("--account", "444455556666")
    with connect(wired, other, autocommit=True) as connection:
        named = "SELECT count(*) FROM history WHERE userIdentity.userName = %s OR recipientAccountId = %s"
        assert connection.execute(named, [user, ACCOUNT]).fetchone() == (0,)
        tables = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables").fetchall()}
        assert tables == {"history"}
    # A key that is disabled while its connection is open.
    with connect(wired, other, autocommit=True) as connection:
        wired.cairn("key", "disable", other.id)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT count(*) FROM history")


def test_each_statement_is_on_the_record(wired: Server) -> None:
    mark = unique("mark")
    with connect(wired, autocommit=True, application_name="auditor") as connection:
        connection.execute("SELECT %s || 'x' AS y", [mark])
        with pytest.raises(psycopg.Error):
            connection.execute(f"SELECT '{mark}' FROM nowhere")

    def recorded() -> list[dict]:
        told = [found for found in wired.lookup(name="Query") if mark in json.dumps(found["requestParameters"])]
        return told if len(told) == 2 else []

    refused, answered = until(recorded, "both statements are on the record")
    assert answered["requestParameters"] == {"statement": "SELECT $1 || 'x' AS y", "parameters": [mark]}
    assert answered["userAgent"] == "PostgreSQL auditor" and answered["sourceIPAddress"] == "127.0.0.1"
    assert answered["userIdentity"]["accessKeyId"] == ROOT.id and answered["eventSource"] == "cairn.amazonaws.com"
    assert "errorCode" not in answered and refused["errorCode"] == "InvalidQueryStatementException"


def test_statements_are_cancelled_and_time_out(wired: Server) -> None:
    with connect(wired, autocommit=True) as connection:
        threading.Timer(1, connection.cancel_safe).start()
        begun = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled, match="user request"):
            connection.execute(LONG)
        assert time.monotonic() - begun < 8
        assert connection.execute("SELECT 5").fetchone() == (5,)
        connection.execute("SET statement_timeout = '500ms'")
        with pytest.raises(psycopg.errors.QueryCanceled, match="statement timeout"):
            connection.execute(LONG)


def test_a_client_that_does_not_read_fills_no_memory(make_server: MakeServer) -> None:
    server = make_server("--lake-postgres-listen", "127.0.0.1:0").start()
    wide = f"SELECT lpad('', 1000, 'x') || CAST(d0 AS varchar) FROM {DIGITS}"
    with connect(server, autocommit=True) as connection:
        before = server.memory_peak()
        rows = connection.cursor().stream(wide)
        next(rows)
        time.sleep(3)
        assert server.memory_peak() - before < 200 << 20
        connection.cancel_safe()
        with pytest.raises(psycopg.errors.QueryCanceled):
            list(rows)


def test_a_client_that_leaves_frees_its_place(make_server: MakeServer) -> None:
    server = make_server("--lake-postgres-listen", "127.0.0.1:0", "--lake-queries-at-once", "1").start()
    host, port = address(server)
    psql_long = subprocess.Popen(
        ["psql", "-X", "-h", host, "-p", str(port), "-U", ROOT.id, "-c", LONG, "us-east-1"],
        env={"PATH": "/usr/bin:/bin", "PGPASSWORD": ROOT.secret},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: server.lookup(name="Query"), "the statement runs")
    with connect(server, autocommit=True) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute("SELECT 1 + 1")
    # The ten are shared with the API.
    assert caught.value.sqlstate == "53300"
    assert "concurrent queries" in server.cairn("query", "SELECT 1", code=1).stderr
    psql_long.kill()
    psql_long.wait()

    def is_free() -> bool:
        with connect(server, autocommit=True) as connection:
            try:
                return connection.execute("SELECT 1 + 1").fetchone() == (2,)
            except psycopg.Error:
                return False

    until(is_free, "the place is free again")
    server.stop()


def test_tls_is_spoken_with_the_servers_certificate(tmp_path: Path, make_server: MakeServer) -> None:
    authority = Authority(tmp_path)
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    authority.issue(certificate, key)
    flags = ("--tls-certificate", str(certificate), "--tls-key", str(key), "--lake-postgres-listen", "127.0.0.1:0")
    server = make_server(*flags)
    server.launch()
    until(lambda: (server.data / "endpoint.postgres").exists(), "the server listens")
    with connect(server, sslmode="verify-full", sslrootcert=str(authority.bundle), autocommit=True) as connection:
        assert connection.pgconn.ssl_in_use
        assert connection.execute("SELECT 1 + 1").fetchone() == (2,)
    host, port = address(server)
    done = subprocess.run(
        ["psql", "-X", "-A", "-t", "-c", "SELECT 1 + 1",
         f"host={host} port={port} user={ROOT.id} dbname=us-east-1 sslmode=require"],
        env={"PATH": "/usr/bin:/bin", "PGPASSWORD": ROOT.secret}, capture_output=True, text=True, timeout=30,
    )
    assert done.stdout.strip() == "2", done.stderr
    with connect(server, sslmode="disable", autocommit=True) as connection:
        assert connection.execute("SELECT 1 + 1").fetchone() == (2,)


def test_nonsense_ends_its_own_connection_only(wired: Server) -> None:
    host, port = address(wired)
    startup = struct.pack("!II", 0, 196608) + b"user\0nobody\0\0"
    startup = struct.pack("!I", len(startup)) + startup[4:]
    for sent in [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0" * 64,
        b"\xff" * 64,
        struct.pack("!II", 0x7FFFFFFF, 196608) + b"x" * 100,
        startup + b"p\0\0\0\5x",
        startup + b"Q\x3f\xff\xff\xff" + b"x" * 1000,
        startup + b"Q" + struct.pack("!I", 12) + b"SELECT1\0",
        startup + b"p" + struct.pack("!I", 22) + b"SCRAM-SHA-256\0\x7f\xff\xff\xff",
    ]:
        with socket.create_connection((host, port), timeout=10) as raw:
            raw.sendall(sent)
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(4096):
                pass
    with connect(wired, autocommit=True) as connection:
        assert connection.execute("SELECT 1 + 1").fetchone() == (2,)


def test_connections_are_bounded(make_server: MakeServer) -> None:
    server = make_server("--lake-postgres-listen", "127.0.0.1:0").start()
    host, port = address(server)
    idle = [socket.create_connection((host, port)) for _ in range(128)]
    until(lambda: _is_full(server), "further ones are turned away")
    for connection in idle:
        connection.close()

    def works() -> bool:
        try:
            with connect(server) as connection:
                return connection.execute("SELECT 1 + 1").fetchone() == (2,)
        except psycopg.OperationalError:
            return False

    until(works, "there is room again")


def _is_full(server: Server) -> bool:
    try:
        connect(server).close()
        return False
    except psycopg.OperationalError as refused:
        return "too many connections" in str(refused)
