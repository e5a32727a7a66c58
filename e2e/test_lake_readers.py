"""The tables are Delta Lake: what others make of them is what Cairn says, while it commits and joins files."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from deltalake import DeltaTable

from events import Event, data_event, event, ids, minutes_ago
from lake_tables import Rows, by_deltalake, by_duckdb, by_polars, commit_now, history
from server import Server
from waiting import until

Read = Callable[[DeltaTable, list[str]], Rows]
READERS: list[Read] = [by_deltalake, by_polars, by_duckdb]

EVENTS = 400
# So many commits of about the same size are joined into one file.
COMMITS = 8
COLUMNS = ["event_id", "event_name", "user_name", "error_code", "event_time", "read_only", "request_parameters"]


def varied(count: int) -> list[Event]:
    """Events that use most columns: errors, resources, members without columns of their own, other scripts."""
    made = []
    for number in range(count):
        time = minutes_ago(1) - timedelta(seconds=number)
        user = f"user-{number % 7}"
        if number % 3 == 0:
            made.append(data_event(f"bucket-{number % 5}", f"key/{number}", time=time, user=user))
        elif number % 3 == 1:
            error = {"errorCode": "AccessDenied", "errorMessage": f"not {user}'s"}
            made.append(event("DeleteBucket", "s3.amazonaws.com", time=time, user=user, **error))
        else:
            odd = {"additionalEventData": {"n": number, "text": "zwölf \u4e2d"}, "unheardOf": [number]}
            made.append(event(time=time, user=user, **odd))
    return made


@pytest.fixture(scope="module")
def posted(server: Server) -> list[Event]:
    """Events that are all in the table."""
    events = varied(EVENTS)
    server.post_events(events)
    commit_now(server)
    return events


def as_row(made: Event) -> tuple[object, ...]:
    return (
        made["eventID"],
        made["eventName"],
        made["userIdentity"]["userName"],
        made.get("errorCode"),
        made["eventTime"],
        made["readOnly"],
        json.dumps(made["requestParameters"], sort_keys=True),
    )


def as_read(row: dict[str, object]) -> tuple[object, ...]:
    *plain, time, read_only, parameters = (row[name] for name in COLUMNS)
    parameters = json.dumps(json.loads(parameters), sort_keys=True)
    return (*plain, time.strftime("%Y-%m-%dT%H:%M:%SZ"), read_only, parameters)


@pytest.mark.parametrize("read", READERS)
def test_others_read_the_events_that_were_posted(server: Server, posted: list[Event], read: Read) -> None:
    wanted = set(ids(posted))
    rows = [as_read(row) for row in read(DeltaTable(history(server.data)), COLUMNS) if row["event_id"] in wanted]
    assert sorted(rows, key=str) == sorted(map(as_row, posted), key=str)


def test_the_table_needs_no_more_than_every_reader_of_delta_has(server: Server, posted: list[Event]) -> None:
    table = DeltaTable(history(server.data))
    protocol = table.protocol()
    assert (protocol.min_reader_version, protocol.min_writer_version) == (1, 2)
    assert table.metadata().partition_columns == ["kept_day"]
    assert table.metadata().configuration["cairn.format"].isdigit()


def test_others_see_what_lookups_see(server: Server, posted: list[Event]) -> None:
    commit_now(server)
    found = {found["eventID"]: found for found in server.lookup()}
    rows = by_duckdb(DeltaTable(history(server.data)), ["event_id", "additional_event_data", "overflow"])
    assert sorted(row["event_id"] for row in rows if row["event_id"] in found) == sorted(found)
    for row in rows:
        made = found.get(row["event_id"])
        if made is not None and row["additional_event_data"] is not None:
            assert json.loads(row["additional_event_data"]) == made["additionalEventData"]
        if made is not None and "unheardOf" in made:
            assert json.loads(row["overflow"])["unheardOf"] == made["unheardOf"]


def rows_by_state(table: DeltaTable, read: Read) -> dict[str, int]:
    """Events of one state of the table with their positions. It must be whole: nothing twice, nothing beyond what
    the state says that it holds."""
    rows = read(table, ["event_id", "position"])
    positions = {row["event_id"]: row["position"] for row in rows}
    assert len(positions) == len(rows), "an event is there twice"
    assert len(set(positions.values())) == len(rows), "a position is there twice"
    committed = table.transaction_version("cairn.history") or 0
    assert all(position < committed for position in positions.values()), "half of a commit is visible"
    return positions


def test_no_reader_sees_half_of_what_is_committed_or_joined(make_server: Callable[..., Server]) -> None:
    server = make_server().start()
    table = until(lambda: DeltaTable.is_deltatable(history(server.data)) and DeltaTable(history(server.data)), "a table")
    posted: list[str] = []
    before: dict[str, int] = {}
    joined = False
    turn = 0

    def look() -> bool:
        nonlocal before, joined, turn
        # A state is read with the files that it names, which stay for a minute after they were joined.
        table.update_incremental()
        now = rows_by_state(table, READERS[turn % len(READERS)])
        assert before.items() <= now.items(), "what was visible is gone, or moved"
        before, turn = now, turn + 1
        joined = joined or any(entry.get("operation") == "OPTIMIZE" for entry in table.history(5))
        return joined and set(posted) <= now.keys()

    for number in range(COMMITS + 2):
        batch = [event(user=f"user-{number}") for _ in range(60)]
        server.post_events(batch)
        posted += ids(batch)
        commit_now(server)
        look()
    until(look, "everything is visible, and files were joined", 60)
    assert sorted(before.keys() & set(posted)) == sorted(posted)
