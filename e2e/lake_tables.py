"""The tables on disk as other engines read them, without any of Cairn's code."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import duckdb
import polars
from deltalake import DeltaTable, QueryBuilder

from server import Server

Rows = list[dict[str, Any]]


def files_of(table: DeltaTable) -> list[str]:
    """The data files of one state of a table."""
    return [unquote(urlparse(uri).path) if "://" in uri else uri for uri in table.file_uris()]


def by_deltalake(table: DeltaTable, columns: list[str]) -> Rows:
    """Rows as the engine in the package `deltalake` reads them."""
    reader = QueryBuilder().register("events", table).execute(f"SELECT {', '.join(columns)} FROM events")
    return polars.DataFrame(reader.read_all()).to_dicts()


def by_polars(table: DeltaTable, columns: list[str]) -> Rows:
    return polars.scan_delta(table).select(columns).collect().to_dicts()


def duckdb_over(table: DeltaTable, name: str = "events") -> duckdb.DuckDBPyConnection:
    """DuckDB with a view of the files that the table's log names: its own extension for Delta cannot be had offline."""
    connection = duckdb.connect(config={"threads": 2})
    files = ", ".join("'" + file.replace("'", "''") + "'" for file in files_of(table))
    read = f"read_parquet([{files}], hive_partitioning = true)"
    # Times without a zone: to fetch others needs a package of time zones.
    times = ", ".join(f"timezone('UTC', {time}) AS {time}" for time in ("event_time", "arrival"))
    connection.execute(f"CREATE VIEW {name} AS SELECT * REPLACE ({times}) FROM {read}")
    return connection


def by_duckdb(table: DeltaTable, columns: list[str]) -> Rows:
    cursor = duckdb_over(table).execute(f"SELECT {', '.join(columns)} FROM events")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


def history(data: Path) -> str:
    """Where the table of event history is in a data folder."""
    return str(data / "history")


def commit_now(server: Server) -> None:
    """All that is in the log is in the table of event history when this returns: an import that counts waits for that."""
    body = json.dumps({"ranges": [[0, server.health()["log"]["end"]]]}).encode()
    answer = server.request("POST", "/_cairn/imports/count", body)
    assert answer.status == 200, answer
