"""`cairn query` and `POST /_cairn/query`: SQL over event history and event data stores."""

import csv
import io
import json
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import duckdb

from conftest import MakeServer
from events import event, unique
from server import ACCOUNT, CAIRN, ROOT, Server
from waiting import until


def filled(server: Server, count: int = 3) -> str:
    """Events of a new user, all of them visible."""
    user = unique("asker")
    events = [event(f"Call{number}", user=user, requestParameters={"n": number}) for number in range(count)]
    server.post_events(events)
    server.found(count, user=user)
    return user


def ask(server: Server, statement: str, *flags: str, code: int = 0, **options: object) -> str:
    return server.cairn("query", statement, *flags, code=code, **options).stdout


def of(user: str, columns: str = "eventName, requestParameters") -> str:
    return f"SELECT {columns} FROM history WHERE userIdentity.userName = '{user}' ORDER BY eventName"


def test_results_come_in_every_form(server: Server) -> None:
    user = filled(server)
    statement = of(user, "eventName, count(*) OVER () AS n, readOnly, requestParameters, null AS nothing, eventTime")
    rows = json.loads(ask(server, statement, "--output", "json"))
    assert [row["eventName"] for row in rows] == ["Call0", "Call1", "Call2"]
    assert rows[1]["n"] == 3 and rows[1]["requestParameters"] == {"n": "1"} and rows[1]["nothing"] is None
    lines = ask(server, statement, "--output", "ndjson").splitlines()
    assert [json.loads(line) for line in lines] == rows
    cells = list(csv.DictReader(io.StringIO(ask(server, statement, "--output", "csv"))))
    assert cells[2]["n"] == "3" and cells[2]["requestParameters"] == '{"n":"2"}' and cells[2]["nothing"] == ""
    table = ask(server, statement, "--output", "table").splitlines()
    assert table[0].split()[:3] == ["eventName", "n", "readOnly"] and len(table) == 4
    # Standard output is no terminal here, so the form is JSON.
    assert json.loads(ask(server, statement, "--limit", "2")) == rows[:2]


def test_a_parquet_file_has_types_that_others_read(server: Server) -> None:
    user = filled(server)
    file = server.folder / f"{user}.parquet"
    statement = of(user, "eventName, eventTime, readOnly, count(*) OVER () AS n, requestParameters, 0.5 AS half")
    ask(server, statement, "--output", "parquet", "--out", str(file))
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
    assert [row[:2] for row in described] == [
        ("eventName", "VARCHAR"),
        ("eventTime", "TIMESTAMP WITH TIME ZONE"),
        ("readOnly", "BOOLEAN"),
        ("n", "BIGINT"),
        ("requestParameters", "MAP(VARCHAR, VARCHAR)"),
        ("half", "DOUBLE"),
    ]
    rows = duckdb.sql(f"SELECT eventName, n, requestParameters['n'] FROM '{file}'").fetchall()
    assert rows == [("Call0", 3, "0"), ("Call1", 3, "1"), ("Call2", 3, "2")]
    assert not list(server.folder.glob("*.part"))


def test_a_parquet_file_needs_a_name(server: Server) -> None:
    done = server.cairn("query", "SELECT 1", "--output", "parquet", code=2)
    assert "--out" in done.stderr


def test_the_statement_comes_from_a_file_or_from_standard_input(server: Server) -> None:
    file = server.folder / "statement.sql"
    file.write_text("SELECT 1 AS one\n-- and no more\n")
    assert json.loads(server.cairn("query", "--file", file).stdout) == [{"one": 1}]
    done = subprocess.run(
        [str(CAIRN), "query"], env=server.shell(), input="SELECT 2 AS two;", capture_output=True, text=True, timeout=60
    )
    assert json.loads(done.stdout) == [{"two": 2}], done.stderr


def test_a_mistake_is_shown_where_it_is(server: Server) -> None:
    done = server.cairn("query", "SELECT eventName,\n  evntTime FROM history", code=1)
    lines = done.stderr.splitlines()
    assert lines[0].startswith("cairn: line 2:3: ") and "eventtime" in lines[0]
    assert lines[1:] == ["    evntTime FROM history", "    ^"]
    done = server.cairn("query", "SELECT * FROM nowhere", code=1)
    assert "there is no table 'nowhere'" in done.stderr
    assert done.stderr.splitlines()[2] == " " * 16 + "^"
    done = server.cairn("query", "DELETE FROM history", code=1)
    assert "only SELECT statements" in done.stderr


def test_a_plan_can_be_asked_for(server: Server) -> None:
    plan = ask(server, "EXPLAIN SELECT eventID FROM history WHERE eventName = 'x'", "--output", "csv")
    assert plan.startswith("Query Plan\n") and "event_name" in plan


def test_formulas_in_cells_are_defused(server: Server) -> None:
    file = server.folder / "defused.csv"
    ask(server, "SELECT '=cmd()' AS a, -5 AS b", "--output", "csv", "--out", str(file))
    assert file.read_bytes() == b"a,b\r\n'=cmd(),-5\r\n"


def test_others_see_their_own_account_only(server: Server) -> None:
    mine = filled(server)
    other = server.create_key("--account", "444455556666")
    theirs = unique("theirs")
    server.post_events([event(user=theirs)], key=other)
    server.found(1, user=theirs)
    names = "SELECT userIdentity.userName AS name, recipientAccountId AS account FROM history"

    def seen(**options: object) -> set[str]:
        return {row["name"] for row in json.loads(ask(server, names, **options))}

    assert {mine, theirs} <= seen()
    assert theirs in seen(key=other) and mine not in seen(key=other)
    # However the statement is turned.
    for turned in [
        f"SELECT count(*) AS n FROM history WHERE recipientAccountId = '{ACCOUNT}'",
        f"SELECT count(*) AS n FROM (SELECT * FROM history) AS h JOIN history i ON h.eventID = i.eventID "
        f"WHERE i.recipientAccountId = '{ACCOUNT}'",
        f"WITH a AS (SELECT * FROM history UNION ALL SELECT * FROM public.history) "
        f"SELECT count(*) AS n FROM a WHERE recipientAccountId = '{ACCOUNT}' OR 1 = 2",
        f"SELECT count(*) AS n FROM \"00000000-0000-0000-0000-000000000000\" WHERE recipientAccountId = '{ACCOUNT}'",
    ]:
        assert json.loads(ask(server, turned, key=other)) == [{"n": 0}], turned


def test_keys_that_may_not_ask_are_refused(server: Server) -> None:
    ingest = server.create_key("--ingest-only")
    done = server.cairn("query", "SELECT 1", key=ingest, code=1)
    assert "may only post events" in done.stderr
    server.cairn("user", "create", "reader")
    reader = server.create_key("--user", "reader")
    done = server.cairn("query", "SELECT 1", key=reader, code=1)
    assert "not authorized to perform: cairn:Query" in done.stderr


def test_stores_are_named_by_id_and_by_name(server: Server) -> None:
    name = unique("Store")
    made = server.client("cloudtrail").create_event_data_store(Name=name, TerminationProtectionEnabled=False)
    store = made["EventDataStoreArn"].rsplit("/", 1)[1]
    for table in [store, f'"{name}"', f'"{name.lower()}"', f'public."{name}"']:
        assert json.loads(ask(server, f"SELECT count(*) >= 0 AS yes FROM {table}")) == [{"yes": True}], table
    stranger = server.create_key("--account", "777788889999")
    unknown = server.cairn("query", f'SELECT * FROM "{name}"', key=stranger, code=1).stderr
    missing = server.cairn("query", f'SELECT * FROM "{name}x"', key=stranger, code=1).stderr
    assert unknown == missing.replace(f"{name}x", name).replace(f"{name.lower()}x", name.lower())
    assert "there is no table" in unknown
    by_id = server.cairn("query", f"SELECT * FROM {store}", key=stranger, code=1).stderr
    other = "12345678-1234-4234-8234-123456789012"
    assert by_id == server.cairn("query", f"SELECT * FROM {other}", key=stranger, code=1).stderr.replace(other, store)


def test_each_query_is_on_the_record(server: Server) -> None:
    mark = unique("mark")
    ask(server, f"SELECT '{mark}' AS x")
    server.cairn("query", f"SELECT '{mark}' FROM nowhere", code=1)

    def recorded() -> list[dict]:
        told = [found for found in server.lookup(name="Query") if mark in json.dumps(found["requestParameters"])]
        return told if len(told) == 2 else []

    refused, answered = until(recorded, "both queries are on the record")
    assert answered["eventSource"] == "cairn.amazonaws.com"
    assert answered["requestParameters"]["statement"] == f"SELECT '{mark}' AS x"
    assert "errorCode" not in answered and refused["errorCode"] == "InvalidQueryStatementException"


# Every number of nine digits: nothing comes to the end of it soon.
TEN = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
DIGITS = " CROSS JOIN ".join(f"{TEN} AS t{number}(d{number})" for number in range(9))
LONG = f"SELECT count(*) FROM {DIGITS} WHERE d0 * d1 + d2 * d3 + d4 * d5 + d6 * d7 * d8 = 1"


def test_ctrl_c_cancels(make_server: MakeServer) -> None:
    server = make_server("--lake-queries-at-once", "1").start()
    process = subprocess.Popen(
        [str(CAIRN), "query", LONG], env=server.shell(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    until(lambda: server.lookup(name="Query"), "the query runs")
    assert "maximum number of concurrent queries" in server.cairn("query", "SELECT 1", code=1).stderr
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 1 and "cancelled" in said

    def is_free() -> bool:
        done = subprocess.run([str(CAIRN), "query", "SELECT 1"], env=server.shell(), capture_output=True, timeout=60)
        return done.returncode == 0

    until(is_free, "its place is free again")


def test_a_query_that_ends_early_says_so(make_server: MakeServer) -> None:
    server = make_server("--lake-query-limit", "1s").start()
    done = server.cairn("query", LONG, code=1)
    assert "longer than its limit" in done.stderr
    file = Path(server.folder / "x.parquet")
    server.cairn("query", LONG, "--output", "parquet", "--out", file, code=1)
    assert not file.exists() and not list(server.folder.glob("*.part"))


def test_the_path_answers_lines_of_json(server: Server) -> None:
    body = json.dumps({"statement": "SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, NULL ORDER BY 1"}).encode()
    answer = server.request("POST", "/_cairn/query", body)
    assert answer.status == 200
    head, *rows, end = [json.loads(line) for line in answer.body.splitlines() if line]
    assert head == {
        "columns": [
            {"name": "a", "kind": "integer", "type": "bigint"},
            {"name": "b", "kind": "text", "type": "varchar"},
        ]
    }
    assert rows == [[1, "x"], [2, None]] and end["rows"] == 2
    for wrong in [b"", b"{}", b'{"statement": 1}', b'{"statement": "SELECT 1", "colour": 2}', b"[]"]:
        assert server.request("POST", "/_cairn/query", wrong).status == 400, wrong
    assert server.request("POST", "/_cairn/query", body, key=None).status == 403
    assert server.request("POST", "/_cairn/query", body, key=replace(ROOT, secret="wrong")).status == 403
