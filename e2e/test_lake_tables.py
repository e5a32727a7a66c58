"""`cairn tables`, and federation: event data stores' tables as other engines find and read them."""

import json
from typing import Any

from deltalake import DeltaTable

from conftest import MakeServer
from events import event, ids, unique
from lake_tables import by_deltalake
from server import ACCOUNT, Server
from waiting import until

ROLE = f"arn:aws:iam::{ACCOUNT}:role/lake"


def create(server: Server) -> tuple[str, str, str]:
    """ARN, ID and name of a store."""
    name = unique("tables")
    made = server.client("cloudtrail").create_event_data_store(Name=name, TerminationProtectionEnabled=False)
    arn = made["EventDataStoreArn"]
    return arn, arn.rsplit("/", 1)[1], name


def federation(server: Server, arn: str) -> str:
    return server.client("cloudtrail").get_event_data_store(EventDataStore=arn)["FederationStatus"]


def catalog(server: Server) -> dict[str, Any]:
    return json.loads((server.data / "federation" / "catalog.json").read_text())


def tables(server: Server, *arguments: str) -> list[dict[str, Any]]:
    return json.loads(server.cairn("tables", "--output", "json", *arguments).stdout)


def test_a_federated_store_is_found_and_read_by_the_catalog_file_alone(server: Server) -> None:
    arn, store, name = create(server)
    posted = [event(recipientAccountId=ACCOUNT) for _ in range(20)]
    server.post_events(posted)
    client = server.client("cloudtrail")
    assert client.enable_federation(EventDataStore=arn, FederationRoleArn=ROLE)["FederationStatus"] == "ENABLING"
    until(lambda: federation(server, arn) == "ENABLED", "the store is federated")
    (shown,) = [table for table in catalog(server)["tables"] if table["name"] == store]
    assert (shown["eventDataStoreName"], shown["federationRoleArn"], shown["format"]) == (name, ROLE, "delta")
    # Stores commit once a minute; a stop does, too.
    table = DeltaTable(shown["location"])
    assert [field.name for field in table.schema().fields] == [column["name"] for column in shown["columns"]]
    assert [field.type.type for field in table.schema().fields if hasattr(field.type, "type")][:1] == ["long"]
    assert table.metadata().partition_columns == shown["partitionColumns"]

    def read() -> bool:
        found = {row["event_id"] for row in by_deltalake(DeltaTable(shown["location"]), ["event_id"])}
        return found >= set(ids(posted))

    until(read, "the store's events are in its table", 90)
    client.disable_federation(EventDataStore=arn)
    until(lambda: federation(server, arn) == "DISABLED", "the store is no longer federated")
    assert store not in [table["name"] for table in catalog(server)["tables"]]


def test_federation_outlives_a_restart(make_server: MakeServer) -> None:
    server = make_server().start()
    arn, store, _ = create(server)
    server.client("cloudtrail").enable_federation(EventDataStore=arn, FederationRoleArn=ROLE)
    until(lambda: federation(server, arn) == "ENABLED", "the store is federated")
    server.kill()
    server.start()
    assert federation(server, arn) == "ENABLED"
    (server.data / "federation" / "catalog.json").write_text("{")
    server.restart()
    until(lambda: federation(server, arn) == "ENABLED", "the catalog file was written anew")
    assert [table["name"] for table in catalog(server)["tables"]] == [store]


def test_tables_are_listed_with_where_they_are(server: Server) -> None:
    _, store, name = create(server)
    server.post_events([event() for _ in range(5)])
    server.wait_until_committed()
    listed = {table["name"]: table for table in tables(server)}
    history = listed["history"]
    assert history["location"] == str(server.data / "history") and history["rows"] >= 5
    assert (history["federation"], listed[name]["federation"]) == ("NONE", "DISABLED")
    assert DeltaTable(history["location"]).protocol().min_reader_version == history["minReaderVersion"]
    assert [table["name"] for table in tables(server, store)] == [name]
    assert name in server.cairn("tables").stdout
    assert server.cairn("tables", "nothing", code=1).stderr == "cairn: there is no table nothing; see `cairn tables`\n"


def test_snippets_name_the_table(server: Server) -> None:
    for engine in ("duckdb", "polars", "deltalake", "spark"):
        assert str(server.data / "history") in server.cairn("tables", "history", "--snippet", engine).stdout
    program = server.cairn("tables", "history", "--snippet", "deltalake").stdout
    exec(compile(program, "snippet", "exec"), {"print": lambda *_: None})
    program = server.cairn("tables", "history", "--snippet", "polars").stdout
    exec(compile(program, "snippet", "exec"), {"print": lambda *_: None})


def test_only_the_operator_lists_tables(server: Server) -> None:
    other = server.create_key("--account", "333344445555")
    answer = server.request("GET", "/_cairn/tables", key=other)
    assert (answer.status, answer.json()["__type"].rsplit("#")[-1]) == (400, "AccessDeniedException")
