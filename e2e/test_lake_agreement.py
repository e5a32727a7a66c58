"""What Cairn answers, DuckDB answers too: over the same files, in its own dialect."""

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from deltalake import DeltaTable

from events import OTHER_ACCOUNT
from lake_questions import PAIRS, Pair, events
from lake_tables import commit_now, duckdb_over, history
from server import Server

EVENTS = 5_000
# History has what the tests' own calls leave, too, which goes on growing.
TABLE = f"(SELECT * FROM history WHERE recipientAccountId = '{OTHER_ACCOUNT}')"
Answer = list[tuple[Any, ...]]


def start() -> datetime:
    return datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)


@pytest.fixture(scope="module")
def other(server: Server) -> duckdb.DuckDBPyConnection:
    """DuckDB over the events of the table."""
    made = events(EVENTS, start())
    for first in range(0, EVENTS, 1_000):
        server.post_events(made[first : first + 1_000])
    commit_now(server)
    connection = duckdb_over(DeltaTable(history(server.data)), "everything")
    connection.execute(f"CREATE TABLE e AS SELECT * FROM everything WHERE recipient_account_id = '{OTHER_ACCOUNT}'")
    assert connection.execute("SELECT count(*) FROM e").fetchone() == (EVENTS,)
    return connection


def normal(cell: Any) -> Any:
    """A value as both write it: numbers to nine digits, times to the millisecond."""
    match cell:
        case bool() | None:
            return cell
        case int() | float() | Decimal():
            return f"{float(cell):.9g}"
        case datetime():
            return cell.isoformat(" ", "milliseconds")
        case date():
            return cell.isoformat()
        case _:
            return cell


def normals(rows: list[Any], ordered: bool) -> Answer:
    answer = [tuple(normal(cell) for cell in row) for row in rows]
    return answer if ordered else sorted(answer, key=repr)


def dated(statement: str) -> str:
    for number in range(3):
        statement = statement.replace(f"$DAY{number}", (start() + timedelta(days=number)).date().isoformat())
    return statement


def ask(server: Server, statement: str) -> list[Any]:
    answer = server.request("POST", "/_cairn/query", json.dumps({"statement": statement}).encode())
    assert answer.status == 200, f"{statement}: {answer}"
    columns, *rows, end = (json.loads(line) for line in answer.body.splitlines() if line)
    assert end.get("rows") == len(rows), f"{statement}: {end}"
    kinds = [column["kind"] for column in columns["columns"]]
    return [[cell if kind != "time" or cell is None else cell[:23] for cell, kind in zip(row, kinds)] for row in rows]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.lake[:70])
def test_both_answer_the_same(server: Server, other: duckdb.DuckDBPyConnection, pair: Pair) -> None:
    wanted = normals(other.execute(dated(pair.duckdb)).fetchall(), pair.ordered)
    found = normals(ask(server, dated(pair.lake).replace("$E", TABLE)), pair.ordered)
    assert found == wanted


def test_there_are_enough_questions_and_most_have_an_answer(other: duckdb.DuckDBPyConnection) -> None:
    assert len(PAIRS) >= 60
    answered = [pair for pair in PAIRS if other.execute(dated(pair.duckdb)).fetchall()]
    assert len(answered) >= len(PAIRS) - 2
