"""Hundreds of calls to dozens of services through the gateway: each is on the record as CloudTrail would have written it."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

import gateway_matrix
from delivered import Delivered
from elsewhere import Moto
from events import Event, ids, minutes_ago
from gateway_canaries import found_in
from gateway_made import Made, make, wrong
from server import ACCOUNT, ROOT, Server
from validation import validate_all

OWN_BUCKET = f"cairn-trail-{ACCOUNT}"
DATA_TYPES = ("AWS::DynamoDB::Table", "AWS::Kinesis::Stream", "AWS::Lambda::Function", "AWS::SNS::Topic", "AWS::SQS::Queue")


def data_selector(kind: str, **more: object) -> dict[str, object]:
    fields = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": [kind]}]
    return {"FieldSelectors": [*fields, more] if more else fields}


# Without what is read of the log files themselves: each reading would be in the next file.
SELECTORS = [
    {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
    data_selector("AWS::S3::Object", Field="resources.ARN", NotStartsWith=[f"arn:aws:s3:::{OWN_BUCKET}/"]),
    *(data_selector(kind) for kind in DATA_TYPES),
]


@dataclass(frozen=True)
class Run:
    """All calls of the matrix, and all that is on the record after them."""

    server: Server
    made: list[Made]
    events: list[Event]

    def of(self, made: Made) -> list[Event]:
        return [event for event in self.events if event["userAgent"] == made.user_agent]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Makes the calls, one after another. All events are delivered to the default trail's bucket, data events too."""
    moto = Moto(tmp_path_factory.mktemp("moto"))
    server = Server(tmp_path_factory.mktemp("matrix"), "--upstream", moto.url)
    try:
        server.start()
        server.client("cloudtrail").put_event_selectors(TrailName="default", AdvancedEventSelectors=SELECTORS)
        made = make_all(server)
        server.wait_until_committed()
        yield Run(server, made, server.lookup())
        if server.process is not None:
            server.stop()
    finally:
        server.kill()
        moto.stop()


def make_all(server: Server) -> list[Made]:
    kept = {"host": server.url.removeprefix("http://")}
    made: list[Made] = []
    for service in gateway_matrix.SERVICES:
        client = server.client(service.name, s3={"addressing_style": "path"})
        for call in service.calls:
            made.append(make(client, service, call, len(made) + 1, kept))
    return made


def test_the_matrix_is_large_enough(run: Run) -> None:
    assert len({(made.service.name, made.call.operation) for made in run.made}) >= 200
    assert len({made.service.name for made in run.made}) >= 40
    assert sum(made.call.error_code is not None for made in run.made) >= 40
    assert sum(made.call.category == "Data" for made in run.made) >= 30


def test_callers_get_what_the_upstream_answers(run: Run) -> None:
    """A call fails if the upstream lets it, and no other does."""
    surprises = [f"{made}: {made.failure}" for made in run.made if bool(made.failure) != bool(made.call.error_code)]
    assert not surprises, "\n".join(surprises)


def test_each_call_is_on_the_record_once(run: Run) -> None:
    counts = {str(made): len(run.of(made)) for made in run.made}
    assert set(counts.values()) == {1}, {name: count for name, count in counts.items() if count != 1}
    assert len({event["eventID"] for event in run.events}) == len(run.events)


def test_each_event_tells_its_call(run: Run) -> None:
    complaints = {str(made): wrong(made, event) for made in run.made for event in run.of(made)}
    told = [f"{name}\n    " + "\n    ".join(lines) for name, lines in complaints.items() if lines]
    assert not told, f"{len(told)} of {len(complaints)}\n" + "\n".join(told)


def test_the_trails_log_files_hold_the_calls_and_are_valid(run: Run) -> None:
    taken = [event for made in run.made for event in run.of(made) if event["eventSource"] != "xray.amazonaws.com"]
    delivered = Delivered(run.server, OWN_BUCKET)
    delivered.wait_for(ids(taken))
    delivered.wait_until_covered()
    counts = Counter(delivered.event_ids())
    assert {counts[event_id] for event_id in ids(taken)} == {1}
    validate_all(run.server, "default", minutes_ago(10))


def test_no_secret_is_kept_anywhere(run: Run) -> None:
    """Not in events, the log, the history, the trail's bucket, nor the log lines."""
    secrets = {secret for made in run.made for secret in made.secrets}
    assert len(secrets) >= 60
    text = json.dumps(run.events, ensure_ascii=False).encode()
    assert not [secret for secret in secrets if secret in text]
    run.server.stop()
    assert found_in(run.server.data, [b"matrix-policy"]), "what is no secret is found"
    assert not found_in(run.server.folder, secrets)
    assert not found_in(run.server.data, [ROOT.secret.encode()])
