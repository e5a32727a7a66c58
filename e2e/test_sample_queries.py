"""Sample queries: they are found by words, and every one runs."""

from typing import Any

import pytest

from asking import Lake
from conftest import MakeServer
from events import event
from server import Server
from test_trails import refused

CATEGORIES = ["Management", "Insight", "ActivityAuditLog", "ConfigurationItem", "Evidence"]

# Words that, taken together, are in every sample.
PHRASES = ["events", "calls", "FROM"]


@pytest.fixture
def cloudtrail(server: Server) -> Any:
    return server.client("cloudtrail", parameter_validation=False)


def search(client: Any, phrase: str, **members: Any) -> list[dict[str, Any]]:
    """All samples that a phrase finds, over as many pages as it takes."""
    found, token = [], {}
    while True:
        page = client.search_sample_queries(SearchPhrase=phrase, **members, **token)
        found += page["SearchResults"]
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}


def test_samples_are_found_by_words_in_any_case(cloudtrail: Any) -> None:
    first = cloudtrail.search_sample_queries(SearchPhrase="console logins without MFA")["SearchResults"]
    assert len(first) == 10
    assert "Console sign-ins without MFA" in [sample["Name"] for sample in first[:2]]
    assert first == cloudtrail.search_sample_queries(SearchPhrase="CONSOLE Logins WITHOUT mfa")["SearchResults"]
    relevances = [sample["Relevance"] for sample in first]
    assert relevances == sorted(relevances, reverse=True) and all(0 < relevance <= 1 for relevance in relevances)
    assert all(sample["Description"] and "$EDS_ID" in sample["SQL"] for sample in first)
    assert cloudtrail.search_sample_queries(SearchPhrase="zyzzyva")["SearchResults"] == []


def test_pages_go_on_where_the_last_one_ended(cloudtrail: Any) -> None:
    whole = search(cloudtrail, "errors", MaxResults=50)
    assert len(whole) > 15 and search(cloudtrail, "errors", MaxResults=7) == whole
    for members in [
        {"SearchPhrase": "x"}, {"SearchPhrase": "x" * 1001}, {"SearchPhrase": "errors", "MaxResults": 51},
        {"SearchPhrase": "errors", "NextToken": "none"}, {"SearchPhrase": "errors", "NextToken": "after-5000"},
    ]:
        refused(cloudtrail.search_sample_queries, "InvalidParameterException", **members)


def test_every_sample_runs_over_the_api(make_server: MakeServer) -> None:
    server = make_server().start()
    lake = Lake(server)
    stores = {category: lake.store(category) for category in CATEGORIES}
    server.post_events([event(f"Called{n}", errorCode="AccessDenied" if n % 2 else None) for n in range(20)])
    lake.wait_for(stores["Management"], 20)
    samples = {sample["Name"]: sample["SQL"] for phrase in PHRASES for sample in search(lake.client, phrase, MaxResults=50)}
    assert len(samples) >= 120
    running = {}
    for name, statement in samples.items():
        running[name] = lake.ask(statement.replace("$EDS_ID", stores[category_of(statement)]))
        assert lake.ended(running[name])["QueryStatus"] == "FINISHED", name
    busiest = lake.rows(running["Busiest callers"])
    assert busiest and int(busiest[0]["calls"]) >= 20, busiest
    server.stop()


def category_of(statement: str) -> str:
    """The category whose stores have the columns that a statement names."""
    if "insight" in statement:
        return "Insight"
    if "metadata." in statement:
        return "ActivityAuditLog"
    if "eventData." not in statement:
        return "Management"
    if any(name in statement for name in ["resourceId", "resourceType"]) and "compliance" not in statement:
        return "ConfigurationItem"
    is_evidence = any(name in statement for name in ["control", "compliance", "assessment"])
    return "Evidence" if is_evidence else "ActivityAuditLog"
