"""StartQuery and its kin, through boto3 and the AWS CLI: what is asked, what is told, what is refused, what survives."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asking import Lake, endless
from conftest import MakeServer
from events import event, now
from server import ACCOUNT, Server
from test_access import World, allow
from test_event_data_stores import NOWHERE, store_arn
from test_trails import AWAY, refused
from waiting import until

STRANGER = "444455556666"
INVALID = "InvalidQueryStatementException"
MISSING = "EventDataStoreNotFoundException"
GONE = "QueryIdNotFoundException"
EVENTS = 60


class Filled(Lake):
    """A caller with a store of events that are known, beside those of its own calls."""

    def __init__(self, server: Server, count: int = EVENTS, **members: Any):
        super().__init__(server, **members)
        self.id = self.store()
        self.events = [
            event(f"Known{n % 3}", "known.example.com", errorCode=f"Error{n}" if n % 2 else None) for n in range(count)
        ]
        for at in range(0, count, 500):
            server.post_events(self.events[at : at + 500], key=members.get("key", server.root))
        self.wait_for(self.id, count)


@pytest.fixture(scope="module")
def lake(server: Server) -> Filled:
    return Filled(server)


def test_a_query_is_answered_and_described(server: Server, lake: Filled) -> None:
    statement = (
        f"SELECT eventID, eventTime, errorCode, element_at(requestParameters, 'nothing') AS nothing "
        f"FROM {lake.id} WHERE eventSource = 'known.example.com' ORDER BY eventID"
    )
    query = lake.ask(statement)
    told = lake.ended(query)
    assert (told["QueryId"], told["QueryString"], told["QueryStatus"]) == (query, statement, "FINISHED")
    assert not {"ErrorMessage", "DeliveryS3Uri", "DeliveryStatus", "EventDataStoreOwnerAccountId"} & told.keys()
    statistics = told["QueryStatistics"]
    assert statistics["EventsMatched"] == EVENTS <= statistics["EventsScanned"], statistics
    assert statistics["BytesScanned"] >= 0 and 0 <= statistics["ExecutionTimeInMillis"] < 30_000
    assert abs(statistics["CreationTime"] - now()) < timedelta(minutes=1)

    expected = [
        {
            "eventID": sent["eventID"],
            "eventTime": sent["eventTime"].replace("T", " ").replace("Z", ".000"),
            "errorCode": sent["errorCode"] or "",
            "nothing": "",
        }
        for sent in sorted(lake.events, key=lambda sent: sent["eventID"])
    ]
    (page,) = lake.pages(query)
    assert [[*map(dict, row)] for row in page["QueryResultRows"]] == [[{k: v} for k, v in row.items()] for row in expected]
    assert page["QueryStatus"] == "FINISHED"
    assert page["QueryStatistics"]["ResultsCount"] == page["QueryStatistics"]["TotalResultsCount"] == EVENTS
    (recorded,) = server.found(name="StartQuery", text=query)
    assert recorded["requestParameters"]["queryStatement"] == statement
    assert recorded["responseElements"] == {"queryId": query}
    server.found(name="DescribeQuery", text=query)


def test_results_come_in_pages_whose_tokens_are_their_querys(lake: Filled) -> None:
    statement = f"SELECT a.eventID AS one, b.eventID AS two FROM {lake.id} a, {lake.id} b"
    where = "WHERE a.eventSource = 'known.example.com' AND b.eventSource = 'known.example.com'"
    query, other = lake.ask(f"{statement} {where}"), lake.ask(f"{statement} {where}")
    assert lake.ended(query)["QueryStatus"] == lake.ended(other)["QueryStatus"] == "FINISHED"
    total = EVENTS * EVENTS
    for size in (None, 999, 1000):
        given = {"MaxQueryResults": size} if size else {}
        pages = lake.pages(query, **given)
        sizes = [len(page["QueryResultRows"]) for page in pages]
        assert sizes[:-1] == [size or 1000] * (len(sizes) - 1) and sum(sizes) == total
        assert {page["QueryStatistics"]["TotalResultsCount"] for page in pages} == {total}
    found = {(row["one"], row["two"]) for row in lake.rows(query)}
    assert len(found) == total
    (token, _) = [page.get("NextToken") for page in lake.pages(query, MaxQueryResults=1000)][:2]
    wrong = "InvalidNextTokenException"
    results = lake.client.get_query_results
    for query_id, forged in [(other, token), (query, "nonsense"), (query, token[:-4]), (query, "0000")]:
        refused(results, wrong, QueryId=query_id, NextToken=forged)
    assert results(QueryId=query, NextToken=token)["QueryResultRows"]
    refused(results, "InvalidMaxResultsException", QueryId=query, MaxQueryResults=1001)
    refused(results, "InvalidMaxResultsException", QueryId=query, MaxQueryResults=0)


def test_pages_of_large_rows_stay_small(server: Server, lake: Filled) -> None:
    store = lake.store()
    server.post_events([event("Large", requestParameters={"text": "x" * 200_000}) for _ in range(40)])
    lake.wait_for(store, 40)
    query = lake.ask(f"SELECT eventJson FROM {store} WHERE eventName = 'Large'")
    assert lake.ended(query)["QueryStatus"] == "FINISHED"
    pages = lake.pages(query)
    assert len(pages) > 1 and sum(len(page["QueryResultRows"]) for page in pages) == 40
    assert all(sum(len(value) for row in page["QueryResultRows"] for cell in row for value in cell.values()) < 5 << 20 for page in pages)


def test_queries_are_listed_newest_first(server: Server) -> None:
    lake = Lake(server)
    store, other = lake.store(), lake.store()
    queries = [lake.ask(f"SELECT count(*) FROM {store}") for _ in range(5)]
    joined = lake.ask(f"SELECT count(*) FROM {store} a JOIN {other} b ON a.eventID = b.eventID")
    for query in (*queries, joined):
        lake.ended(query)
    listed = lake.client.list_queries

    def ids(**members: Any) -> list[str]:
        return [query["QueryId"] for query in listed(EventDataStore=store_arn(store), **members)["Queries"]]

    expected = [joined, *reversed(queries)]
    assert ids() == expected
    assert [query["QueryId"] for query in listed(EventDataStore=other)["Queries"]] == [joined]
    assert ids(QueryStatus="FINISHED") == expected and ids(QueryStatus="FAILED") == []
    created = [query["CreationTime"] for query in listed(EventDataStore=store)["Queries"]]
    assert created == sorted(created, reverse=True)
    assert ids(StartTime=created[2]) == expected[:3] and ids(EndTime=created[3]) == expected[3:]
    assert ids(StartTime=now() + timedelta(hours=1)) == []
    refused(listed, "InvalidDateRangeException", EventDataStore=store, StartTime=2, EndTime=1)
    refused(listed, "InvalidQueryStatusException", EventDataStore=store, QueryStatus="LOST")
    refused(listed, MISSING, EventDataStore=NOWHERE)

    members = {"EventDataStore": store, "MaxResults": 4}
    first = listed(**members)
    rest = listed(NextToken=first["NextToken"], **members)
    found = [query["QueryId"] for query in first["Queries"] + rest["Queries"]]
    assert found == expected and "NextToken" not in rest
    wrong = "InvalidNextTokenException"
    refused(listed, wrong, EventDataStore=other, NextToken=first["NextToken"])
    refused(listed, wrong, EventDataStore=store, QueryStatus="FINISHED", NextToken=first["NextToken"])
    assert Lake(server, region=AWAY).client.list_event_data_stores()["EventDataStores"] == []
    refused(Lake(server, region=AWAY).client.describe_query, GONE, QueryId=queries[0])


def test_a_query_is_cancelled_within_a_second(server: Server, lake: Filled) -> None:
    for statement in (endless(lake.id), f"SELECT * FROM ({endless(lake.id)}) ORDER BY 1"):
        query = lake.ask(statement)
        lake.running(query)
        results = lake.client.get_query_results(QueryId=query)
        assert (results["QueryStatus"], results["QueryResultRows"]) == ("RUNNING", [])
        started = time.monotonic()
        cancelled = lake.client.cancel_query(QueryId=query)
        assert (cancelled["QueryId"], cancelled["QueryStatus"]) == (query, "CANCELLED")
        assert lake.client.describe_query(QueryId=query)["QueryStatus"] == "CANCELLED"
        assert time.monotonic() - started < 1
        refused(lake.client.cancel_query, "InactiveQueryException", QueryId=query)
        assert lake.client.get_query_results(QueryId=query)["QueryResultRows"] == []
    until(lambda: busy(server) < 0.2, "the processor is idle again")
    refused(lake.client.cancel_query, GONE, QueryId=NOWHERE)
    server.found(name="CancelQuery", text=query)


def busy(server: Server) -> float:
    """The share of one processor that a server takes."""

    def ticks() -> int:
        with open(f"/proc/{server.process.pid}/stat") as stat:
            return sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))

    before = ticks()
    time.sleep(0.5)
    return (ticks() - before) / 100 / 0.5


def test_ten_queries_are_queued_and_running_at_once(lake: Filled) -> None:
    queries = [lake.ask(endless(lake.id)) for _ in range(10)]
    try:
        message = refused(lake.client.start_query, "MaxConcurrentQueriesException", QueryStatement=endless(lake.id))
        assert "10" in message
        until(lambda: states(lake, queries).count("RUNNING") == 4, "four queries run")
        assert states(lake, queries).count("QUEUED") == 6
        # The one that waits longest is next.
        lake.client.cancel_query(QueryId=queries[-1])
        lake.client.cancel_query(QueryId=queries[0])
        until(lambda: states(lake, queries).count("RUNNING") == 4, "another one runs")
        queries.append(lake.ask(endless(lake.id)))
    finally:
        for query, state in zip(queries, states(lake, queries)):
            if state in ("QUEUED", "RUNNING"):
                lake.client.cancel_query(QueryId=query)
    assert lake.answer(f"SELECT count(DISTINCT eventName) AS c FROM {lake.id} WHERE eventSource = 'known.example.com'") == [{"c": "3"}]


def states(lake: Lake, queries: list[str]) -> list[str]:
    return [lake.client.describe_query(QueryId=query)["QueryStatus"] for query in queries]


def test_a_bad_statement_is_refused_with_its_place(lake: Filled) -> None:
    start = lake.client.start_query
    for statement, said in [
        (f"SELECT eventNme FROM {lake.id}", "line 1:8"),
        (f"SELECT\n  nothing(eventName)\nFROM {lake.id}", "line 2:3"),
        (f"SELECT eventName FORM {lake.id}", "line 1:"),
        (f"SELECT eventName FROM {lake.id} WHERE", "line 1:"),
        (f"SELECT eventTime + eventName FROM {lake.id}", ""),
        (f"DELETE FROM {lake.id}", "SELECT"),
        (f"SELECT 1 FROM {lake.id}; SELECT 2 FROM {lake.id}", "one statement"),
        (f"EXPLAIN SELECT 1 FROM {lake.id}", "SELECT"),
        ("SELECT 1", "no event data store"),
        ("SELECT eventName FROM events", "events"),
        ("", ""),
        ("x" * 10_001, ""),
        (f"SELECT {'(' * 500}1{')' * 500} FROM {lake.id}", "nested"),
    ]:
        message = refused(start, INVALID, QueryStatement=statement)
        assert said in message, (statement, message)
    invalid = "InvalidParameterException"
    refused(start, invalid)
    refused(start, invalid, QueryStatement="SELECT 1", QueryAlias="alias")
    refused(start, invalid, QueryAlias="alias")
    refused(start, MISSING, QueryStatement=f"SELECT 1 FROM {NOWHERE}")
    describe = lake.client.describe_query
    refused(describe, invalid)
    refused(describe, GONE, QueryAlias="alias")
    refused(describe, GONE, QueryId=NOWHERE)
    refused(lake.client.get_query_results, GONE, QueryId=NOWHERE)


def test_parameters_fill_places(lake: Filled) -> None:
    statement = f"SELECT count(*) AS c FROM {lake.id} WHERE eventName = '?' AND eventSource = ? LIMIT ?"
    known = ["Known1", "known.example.com", "5"]
    assert lake.answer(statement, QueryParameters=known) == [{"c": str(EVENTS // 3)}]
    tricky = ["' OR 1=1 --", "known.example.com", "5"]
    assert lake.answer(statement, QueryParameters=tricky) == [{"c": "0"}]
    refused(lake.client.start_query, INVALID, QueryStatement=statement, QueryParameters=known[:2])
    refused(lake.client.start_query, INVALID, QueryStatement=statement, QueryParameters=[*known, "6"])


def test_a_store_that_is_pending_deletion_cannot_be_asked(server: Server) -> None:
    lake = Lake(server)
    store = lake.store()
    query = lake.ask(f"SELECT count(*) AS c FROM {store}")
    lake.ended(query)
    lake.client.delete_event_data_store(EventDataStore=store)
    inactive = "InactiveEventDataStoreException"
    refused(lake.client.start_query, inactive, QueryStatement=f"SELECT 1 FROM {store}")
    refused(lake.client.list_queries, inactive, EventDataStore=store)
    for operation in (lake.client.describe_query, lake.client.get_query_results):
        refused(operation, inactive, QueryId=query)
    lake.client.restore_event_data_store(EventDataStore=store)
    assert len(lake.rows(query)) == 1


# -- whose stores may be asked


def test_a_strangers_store_is_as_if_it_were_not_there(server: Server, lake: Filled) -> None:
    stranger = Lake(server, server.create_key("--account", STRANGER))
    own = stranger.store()

    def told(**members: Any) -> str:
        with pytest.raises(ClientError) as caught:
            stranger.client.start_query(**members)
        error = caught.value.response["Error"]
        assert error["Code"] == MISSING, error
        return error["Message"]

    for statement in (
        "SELECT 1 FROM {}", "SELECT 1 FROM " + own + " a JOIN {} b ON a.eventID = b.eventID",
        "SELECT 1 FROM " + own + " WHERE eventID IN (SELECT eventID FROM {})",
        "WITH x AS (SELECT 1 AS one FROM {}) SELECT one FROM x", "SELECT 1 FROM " + own + " UNION SELECT 1 FROM {}",
    ):
        for named in ({}, {"EventDataStoreOwnerAccountId": ACCOUNT}):
            there = told(QueryStatement=statement.format(lake.id), **named).replace(lake.id, "")
            assert there == told(QueryStatement=statement.format(NOWHERE), **named).replace(NOWHERE, "")
    refused(stranger.client.start_query, MISSING, QueryStatement=f'SELECT 1 FROM "{lake.id}"')
    query = lake.ask(f"SELECT 1 FROM {lake.id}")
    lake.ended(query)
    for operation in ("describe_query", "get_query_results", "cancel_query"):
        refused(getattr(stranger.client, operation), GONE, QueryId=query)
        refused(getattr(stranger.client, operation), GONE, QueryId=query, EventDataStoreOwnerAccountId=ACCOUNT)
    assert stranger.client.list_queries(EventDataStore=own)["Queries"] == []


def test_a_stores_policy_lends_it_to_another_account(server: Server, lake: Filled) -> None:
    stranger = Lake(server, server.create_key("--account", STRANGER))
    own = stranger.store()
    statement, named = f"SELECT count(*) AS c FROM {lake.id}", {"EventDataStoreOwnerAccountId": ACCOUNT}
    actions = ["StartQuery", "DescribeQuery", "GetQueryResults", "CancelQuery", "ListQueries"]
    lent = {
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"}, "Resource": store_arn(lake.id),
        "Action": [f"cloudtrail:{action}" for action in actions],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [lent]})
    refused(stranger.client.start_query, MISSING, QueryStatement=statement, **named)
    lake.client.put_resource_policy(ResourceArn=store_arn(lake.id), ResourcePolicy=policy)
    try:
        refused(stranger.client.start_query, MISSING, QueryStatement=statement)
        started = stranger.client.start_query(QueryStatement=statement, **named)
        assert started["EventDataStoreOwnerAccountId"] == ACCOUNT
        told = stranger.ended(started["QueryId"])
        assert (told["QueryStatus"], told["EventDataStoreOwnerAccountId"]) == ("FINISHED", ACCOUNT)
        assert int(stranger.rows(started["QueryId"])[0]["c"]) >= EVENTS
        assert stranger.answer(f"SELECT count(*) AS c FROM {own} a JOIN {lake.id} b ON a.eventID = b.eventID", **named)
        listed = stranger.client.list_queries(EventDataStore=store_arn(lake.id))["Queries"]
        assert started["QueryId"] in [query["QueryId"] for query in listed]
        # The owner's queries stay the owner's.
        refused(lake.client.describe_query, GONE, QueryId=started["QueryId"])
    finally:
        lake.client.delete_resource_policy(ResourceArn=store_arn(lake.id))
    refused(stranger.client.get_query_results, GONE, QueryId=started["QueryId"])


def test_policies_say_which_stores_a_user_may_ask(server: Server, lake: Filled) -> None:
    world, other = World(server), lake.store()
    _, key = world.user(allow(["cloudtrail:StartQuery", "cloudtrail:GetQueryResults"], store_arn(lake.id)))
    user, denied = Lake(server, key), "AccessDeniedException"
    query = user.ask(f"SELECT count(*) AS c FROM {lake.id}")
    lake.ended(query)
    assert int(user.rows(query)[0]["c"]) >= EVENTS
    refused(user.client.describe_query, denied, QueryId=query)
    refused(user.client.cancel_query, denied, QueryId=query)
    for statement in (f"SELECT 1 FROM {other}", f"SELECT 1 FROM {NOWHERE}", f"SELECT 1 FROM {lake.id}, {other}"):
        message = refused(user.client.start_query, denied, QueryStatement=statement)
        assert "cloudtrail:StartQuery" in message
    hidden = lake.ask(f"SELECT 1 FROM {other}")
    lake.ended(hidden)
    # The store that the call names is not the one that the query asked.
    refused(user.client.get_query_results, denied, QueryId=hidden, EventDataStore=store_arn(lake.id))
    refused(user.client.get_query_results, denied, QueryId=hidden)


def test_delegated_administrators_ask_the_organizations_stores(make_server: MakeServer) -> None:
    member, plain = "222233334444", "333344445555"
    server = make_server(
        "--organization-id", "o-exampleorgid", "--organization-management-account", ACCOUNT,
        "--organization-members", f"{member},{plain}",
    ).start()
    owner = Lake(server)
    store, own = owner.store(OrganizationEnabled=True), owner.store()
    administrator = Lake(server, server.create_key("--account", member))
    other = Lake(server, server.create_key("--account", plain))
    refused(administrator.client.start_query, MISSING, QueryStatement=f"SELECT 1 FROM {store}")
    owner.client.register_organization_delegated_admin(MemberAccountId=member)
    server.post_events([event("OfMember")], key=server.create_key("--account", plain))
    until(
        lambda: administrator.answer(f"SELECT eventName, recipientAccountId FROM {store} WHERE eventName = 'OfMember'")
        == [{"eventName": "OfMember", "recipientAccountId": plain}],
        "the member's event in the organization's store",
    )
    for lake, named in ((administrator, own), (other, store)):
        refused(lake.client.start_query, MISSING, QueryStatement=f"SELECT 1 FROM {named}")
    listed = administrator.client.list_queries(EventDataStore=store_arn(store))["Queries"]
    assert listed and owner.client.list_queries(EventDataStore=store)["Queries"] == []


# -- limits


def test_a_query_that_runs_too_long_keeps_its_rows(make_server: MakeServer) -> None:
    server = make_server("--lake-query-limit", "3s").start()
    lake = Filled(server)
    # Thousands of rows soon, and then none for hours.
    statement = f"SELECT a.eventID FROM {lake.id} a, {lake.id} b UNION ALL {endless(lake.id).replace('count(*)', 'max(t0.eventID)')}"
    query = lake.ask(statement)
    told = lake.ended(query)
    assert told["QueryStatus"] == "TIMED_OUT" and "limit" in told["ErrorMessage"], told
    assert 2_500 < told["QueryStatistics"]["ExecutionTimeInMillis"] < 10_000
    pages = lake.pages(query)
    assert pages[0]["QueryStatus"] == "TIMED_OUT" and pages[0]["ErrorMessage"]
    kept = lake.rows(query)
    assert kept
    server.restart()
    lake = Lake(server)
    assert lake.rows(query) == kept


def test_queries_have_bounded_memory_and_disk(make_server: MakeServer) -> None:
    server = make_server("--lake-query-memory", str(64 << 20), "--lake-results-bytes", str(4 << 20)).start()
    lake = Filled(server, 400)
    crossed = f"FROM {lake.id} a, {lake.id} b, {lake.id} c"
    before = server.memory_peak()
    for statement, said in [
        (f"SELECT array_agg(a.eventJson || b.eventID || c.eventID) {crossed}", "memory"),
        (f"SELECT a.eventID, count(*), array_agg(b.eventJson) {crossed} GROUP BY a.eventID", "memory"),
        (f"SELECT a.eventID, b.eventID, c.eventID {crossed}", "disk"),
    ]:
        told = lake.ended(lake.ask(statement), 120)
        assert told["QueryStatus"] == "FAILED" and said in told["ErrorMessage"], told
        assert lake.answer(f"SELECT count(*) AS c FROM {lake.id} WHERE eventSource = 'known.example.com'") == [{"c": "400"}]
    # What the engine counts, and what one of its operators may take before that is noticed.
    assert server.memory_peak() - before < 1500 << 20
    # A regular expression that would take others for ever.
    statement = f"SELECT count(*) AS c FROM {lake.id} WHERE regexp_like(eventJson, '(a*)*(b*)*(.*)*x$')"
    assert lake.ended(lake.ask(statement))["QueryStatus"] == "FINISHED"
    statement = f"SELECT 1 FROM {lake.id} WHERE regexp_like(eventName, '(((a{{1,1000}}){{1,1000}}){{1,1000}})')"
    told = lake.ended(lake.ask(statement))
    assert told["QueryStatus"] == "FAILED" and "regular expression" in told["ErrorMessage"], told
    # Tables that double at every step.
    steps = ", ".join(f"t{n} AS (SELECT a.eventID FROM t{n - 1} a, t{n - 1} b)" for n in range(1, 60))
    with pytest.raises(ClientError) as caught:
        lake.client.start_query(QueryStatement=f"WITH t0 AS (SELECT eventID FROM {lake.id}), {steps} SELECT * FROM t59")
    assert caught.value.response["Error"]["Code"] == INVALID
    assert server.memory_peak() - before < 1500 << 20
    assert not list((server.data / "queries" / "spill").rglob("*.arrow"))


# -- restarts


def test_results_survive_restarts_and_what_ran_has_failed(make_server: MakeServer) -> None:
    server = make_server().start()
    lake = Filled(server)
    done = lake.ask(f"SELECT eventID FROM {lake.id} WHERE eventSource = 'known.example.com' ORDER BY 1")
    told = lake.ended(done)
    expected = sorted(sent["eventID"] for sent in lake.events)
    running = [lake.ask(endless(lake.id)) for _ in range(5)]
    lake.running(running[0])
    for stop in (server.stop, server.kill):
        stop()
        server.start()
        lake = Lake(server)
        for query in running:
            found = lake.client.describe_query(QueryId=query)
            assert found["QueryStatus"] == "FAILED" and "interrupted" in found["ErrorMessage"]
            results = lake.client.get_query_results(QueryId=query)
            assert (results["QueryResultRows"], results["ErrorMessage"]) == ([], found["ErrorMessage"])
        again = lake.client.describe_query(QueryId=done)
        assert {**again, "ResponseMetadata": 0} == {**told, "ResponseMetadata": 0}
        assert [row["eventID"] for row in lake.rows(done)] == expected
        store = told["QueryString"].split(" FROM ")[1].split()[0]
        running = [lake.ask(endless(store)) for _ in range(5)]


# -- the AWS CLI


def test_the_aws_cli_asks(server: Server, lake: Filled) -> None:
    def aws(*words: str) -> Any:
        return json.loads(server.aws("cloudtrail", *words, "--output", "json"))

    statement = f"SELECT eventName, count(*) AS calls FROM {lake.id} WHERE eventSource = 'known.example.com' GROUP BY 1 ORDER BY 1"
    query = aws("start-query", "--query-statement", statement)["QueryId"]
    until(lambda: aws("describe-query", "--query-id", query)["QueryStatus"] == "FINISHED", "the query ends")
    results = aws("get-query-results", "--query-id", query)
    expected = [[{"eventName": f"Known{n}"}, {"calls": str(EVENTS // 3)}] for n in range(3)]
    assert results["QueryResultRows"] == expected
    listed = aws("list-queries", "--event-data-store", lake.id, "--query-status", "FINISHED")["Queries"]
    assert query in [found["QueryId"] for found in listed]
    running = aws("start-query", "--query-statement", endless(lake.id))["QueryId"]
    assert aws("cancel-query", "--query-id", running)["QueryStatus"] == "CANCELLED"
