"""Asking event data stores through CloudTrail's API."""

from typing import Any

from events import unique
from server import REGION, ROOT, Server
from waiting import until
from wire import Key

ENDED = {"FINISHED", "FAILED", "CANCELLED", "TIMED_OUT"}

Row = dict[str, str]


def endless(store: str) -> str:
    """A statement that runs for hours over a few dozen events."""
    return f"SELECT count(*) FROM {', '.join(f'{store} t{n}' for n in range(8))} WHERE t0.eventID < t7.eventName"


class Lake:
    """A caller who asks event data stores."""

    def __init__(self, server: Server, key: Key = ROOT, region: str = REGION):
        self.server = server
        self.client = server.client("cloudtrail", region, key, parameter_validation=False)

    def store(self, category: str = "Management", **members: Any) -> str:
        """The id of a new store that can be deleted."""
        selectors = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": [category]}]}]
        members = {"TerminationProtectionEnabled": False, "AdvancedEventSelectors": selectors, **members}
        return self.client.create_event_data_store(Name=unique("store"), **members)["EventDataStoreArn"].rpartition("/")[2]

    def ask(self, statement: str, **members: Any) -> str:
        """Starts a query."""
        return self.client.start_query(QueryStatement=statement, **members)["QueryId"]

    def ended(self, query: str, seconds: float = 30, **members: Any) -> dict[str, Any]:
        """What is told of a query when it has ended."""

        def told() -> dict[str, Any] | None:
            found = self.client.describe_query(QueryId=query, **members)
            return found if found["QueryStatus"] in ENDED else None

        return until(told, f"the end of query {query}", seconds)

    def running(self, query: str) -> None:
        until(lambda: self.client.describe_query(QueryId=query)["QueryStatus"] == "RUNNING", f"query {query} runs")

    def pages(self, query: str, **members: Any) -> list[dict[str, Any]]:
        pages = [self.client.get_query_results(QueryId=query, **members)]
        while "NextToken" in pages[-1]:
            pages.append(self.client.get_query_results(QueryId=query, NextToken=pages[-1]["NextToken"], **members))
        return pages

    def rows(self, query: str, **members: Any) -> list[Row]:
        """All rows, each column once."""
        found = []
        for page in self.pages(query, **members):
            assert page["QueryStatistics"]["ResultsCount"] == len(page["QueryResultRows"])
            for row in page["QueryResultRows"]:
                assert all(len(cell) == 1 for cell in row), row
                found.append({name: value for cell in row for name, value in cell.items()})
        return found

    def answer(self, statement: str, **members: Any) -> list[Row]:
        """The rows of a statement that must run through."""
        query = self.ask(statement, **members)
        told = self.ended(query)
        assert told["QueryStatus"] == "FINISHED", told
        return self.rows(query)

    def wait_for(self, store: str, count: int) -> None:
        """Until a store has so many events."""
        statement = f"SELECT count(*) AS c FROM {store}"
        until(lambda: int(self.answer(statement)[0]["c"]) >= count, f"{count} events in {store}")
