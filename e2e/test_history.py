"""Event history: LookupEvents, and /_cairn/lookup, which takes any filters."""

import json
import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from events import OTHER_ACCOUNT, Event, data_event, event, exactly, ids, minutes_ago, now, random_event, text_of, unique
from server import ACCOUNT, Server
from waiting import until
from wire import Key


def lookup_events(server: Server, region: str = "us-east-1", key: Key | None = None, **request: Any) -> dict[str, Any]:
    """One page, parameters sent as they are."""
    options = {} if key is None else {"key": key}
    client = server.client("cloudtrail", region, parameter_validation=False, **options)
    return client.lookup_events(**request)


def by(name: str, value: str) -> dict[str, Any]:
    return {"LookupAttributes": [{"AttributeKey": name, "AttributeValue": value}]}


def event_ids(page: dict[str, Any]) -> list[str]:
    return [found["EventId"] for found in page["Events"]]


def refused(code: str, server: Server, **request: Any) -> str:
    with pytest.raises(ClientError) as caught:
        lookup_events(server, **request)
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    return error["Message"]


@pytest.fixture(scope="module")
def many(server: Server) -> tuple[str, list[Event]]:
    """A user with 120 events, a second apart, newest first."""
    user = unique("many")
    newest = minutes_ago(10)
    posted = [event(user=user, time=newest - timedelta(seconds=number)) for number in range(120)]
    shuffled = random.Random(1).sample(posted, len(posted))
    server.post_events(shuffled[:60])
    server.post_events(shuffled[60:])
    server.found(120, user=user)
    return user, posted


def test_pages_are_newest_first_and_end_without_a_token(server: Server, many: tuple[str, list[Event]]) -> None:
    user, posted = many
    pages = [lookup_events(server, **by("Username", user), MaxResults=50)]
    while token := pages[-1].get("NextToken"):
        pages.append(lookup_events(server, **by("Username", user), MaxResults=50, NextToken=token))
    assert [len(page["Events"]) for page in pages] == [50, 50, 20]
    assert [found for page in pages for found in event_ids(page)] == ids(posted)


def test_a_page_has_50_events_unless_told_otherwise(server: Server, many: tuple[str, list[Event]]) -> None:
    user, posted = many
    assert event_ids(lookup_events(server, **by("Username", user))) == ids(posted)[:50]
    assert event_ids(lookup_events(server, **by("Username", user), MaxResults=1)) == ids(posted)[:1]


def test_pages_do_not_shift_when_events_arrive_and_the_tail_becomes_table(server: Server) -> None:
    user = unique("shift")
    newest = minutes_ago(30)
    posted = [event(user=user, time=newest - timedelta(seconds=number)) for number in range(60)]
    server.post_events(posted)
    server.found(60, user=user)
    first = lookup_events(server, **by("Username", user), MaxResults=20)
    token = first["NextToken"]
    second = lookup_events(server, **by("Username", user), MaxResults=20, NextToken=token)

    later = [event(user=user, time=newest + timedelta(seconds=1)), event(user=user, time=newest - timedelta(seconds=30))]
    server.post_events(later)
    server.found(62, user=user)
    server.wait_until_committed()
    again = lookup_events(server, **by("Username", user), MaxResults=20, NextToken=token)
    assert event_ids(again) == event_ids(second) == ids(posted)[20:40]
    last = lookup_events(server, **by("Username", user), MaxResults=20, NextToken=again["NextToken"])
    assert event_ids(last) == ids(posted)[40:]
    assert "NextToken" not in last


def test_a_token_is_good_only_with_the_parameters_that_it_came_with(
    server: Server, many: tuple[str, list[Event]]
) -> None:
    user, _ = many
    token = lookup_events(server, **by("Username", user), MaxResults=10)["NextToken"]
    code = "InvalidNextTokenException"
    refused(code, server, **by("Username", "somebody"), NextToken=token)
    refused(code, server, **by("EventName", "DescribeInstances"), NextToken=token)
    refused(code, server, NextToken=token)
    refused(code, server, **by("Username", user), StartTime=minutes_ago(60), NextToken=token)
    refused(code, server, **by("Username", user), NextToken="made up")
    refused(code, server, **by("Username", user), NextToken=token[:-2])


@pytest.fixture(scope="module")
def marked(server: Server) -> Event:
    """An event that every attribute finds."""
    found = event(
        "PutBucketPolicy",
        "s3.amazonaws.com",
        user=unique("marked"),
        time=minutes_ago(15),
        readOnly=False,
        requestParameters={"bucketName": unique("marked-bucket")},
        resources=[{"accountId": OTHER_ACCOUNT, "type": "AWS::Made::Up", "ARN": f"arn:aws:made:::{unique('up')}"}],
    )
    found["userIdentity"]["accessKeyId"] = "AKIAMARKEDMARKED0001"
    server.post_events([found])
    server.found(id=found["eventID"])
    return found


@pytest.mark.parametrize(
    ("name", "value_of"),
    [
        ("AccessKeyId", lambda found: found["userIdentity"]["accessKeyId"]),
        ("EventId", lambda found: found["eventID"]),
        ("EventName", lambda found: found["eventName"]),
        ("EventSource", lambda found: found["eventSource"]),
        ("ReadOnly", lambda found: "false"),
        ("ResourceName", lambda found: found["requestParameters"]["bucketName"]),
        ("ResourceName", lambda found: found["resources"][0]["ARN"]),
        ("ResourceType", lambda found: "AWS::Made::Up"),
        ("Username", lambda found: found["userIdentity"]["userName"]),
    ],
)
def test_every_attribute_finds_its_event(server: Server, marked: Event, name: str, value_of: Any) -> None:
    second = {"StartTime": minutes_ago(16), "EndTime": minutes_ago(14)}
    found = lookup_events(server, **by(name, value_of(marked)), **second)
    assert marked["eventID"] in event_ids(found)
    if name != "ReadOnly":
        assert marked["eventID"] not in event_ids(lookup_events(server, **by(name, value_of(marked) + "x"), **second))
        upper = value_of(marked).swapcase()
        assert marked["eventID"] not in event_ids(lookup_events(server, **by(name, upper), **second))
    else:
        assert marked["eventID"] not in event_ids(lookup_events(server, **by(name, "true"), **second))


def test_an_event_shows_what_it_is_found_by(server: Server, marked: Event) -> None:
    (shown,) = lookup_events(server, **by("EventId", marked["eventID"]))["Events"]
    assert text_of(shown["EventTime"]) == marked["eventTime"]
    assert shown["EventName"] == marked["eventName"]
    assert shown["EventSource"] == marked["eventSource"]
    assert shown["ReadOnly"] == "false"
    assert shown["Username"] == marked["userIdentity"]["userName"]
    assert shown["AccessKeyId"] == marked["userIdentity"]["accessKeyId"]
    resources = {(found["ResourceType"], found["ResourceName"]) for found in shown["Resources"]}
    assert ("AWS::S3::Bucket", marked["requestParameters"]["bucketName"]) in resources
    assert ("AWS::Made::Up", marked["resources"][0]["ARN"]) in resources
    assert json.loads(shown["CloudTrailEvent"]) == {**marked, "recipientAccountId": ACCOUNT}


def test_user_names_are_root_and_the_role_sessions(server: Server) -> None:
    session = unique("session")
    role = event()
    role["userIdentity"] = {
        "type": "AssumedRole", "principalId": f"AROAEXAMPLE:{session}", "accountId": ACCOUNT,
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Deployer/{session}",
    }
    root = event()
    root["userIdentity"] = {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root"}
    server.post_events([role, root])
    server.found(user=session)
    (shown,) = lookup_events(server, **by("Username", session))["Events"]
    assert shown["EventId"] == role["eventID"] and shown["Username"] == session
    (shown,) = lookup_events(server, **by("EventId", root["eventID"]))["Events"]
    assert shown["Username"] == "root"
    assert "AccessKeyId" not in shown


def test_requests_that_ask_for_what_is_not_there_to_ask_are_refused(server: Server) -> None:
    attribute = by("Username", "alice")["LookupAttributes"]
    refused("InvalidLookupAttributesException", server, LookupAttributes=attribute * 2)
    refused("InvalidLookupAttributesException", server, **by("userName", "alice"))
    refused("InvalidLookupAttributesException", server, **by("Username", ""))
    refused("InvalidLookupAttributesException", server, **by("Username", "a" * 2001))
    refused("InvalidMaxResultsException", server, MaxResults=51)
    refused("InvalidMaxResultsException", server, MaxResults=0)
    refused("InvalidTimeRangeException", server, StartTime=minutes_ago(1), EndTime=minutes_ago(2))
    refused("InvalidEventCategoryException", server, EventCategory="data")


def test_a_time_range_includes_both_its_ends(server: Server) -> None:
    user = unique("range")
    times = [minutes_ago(20) + timedelta(seconds=second) for second in range(4)]
    posted = [event(user=user, time=time) for time in times]
    server.post_events(posted)
    server.found(4, user=user)
    page = lookup_events(server, **by("Username", user), StartTime=times[1], EndTime=times[2])
    assert event_ids(page) == [posted[2]["eventID"], posted[1]["eventID"]]


def test_a_region_sees_its_own_events_only(server: Server) -> None:
    user = unique("regions")
    here, away = event(user=user), event(user=user, region="eu-west-1")
    server.post_events([here, away])
    server.found(2, user=user)
    assert event_ids(lookup_events(server, **by("Username", user))) == [here["eventID"]]
    assert event_ids(lookup_events(server, "eu-west-1", **by("Username", user))) == [away["eventID"]]
    assert event_ids(lookup_events(server, "sa-east-1", **by("Username", user))) == []


def test_an_account_sees_its_own_events_only_and_the_operator_all(server: Server) -> None:
    key = server.create_key("--account", OTHER_ACCOUNT, "--user", "tenant")
    user = unique("accounts")
    ours, theirs = event(user=user), event(user=user)
    server.post_events([ours])
    server.post_events([theirs], key=key)
    server.found(2, user=user)

    assert event_ids(lookup_events(server, **by("Username", user))) == [ours["eventID"]]
    assert event_ids(lookup_events(server, key=key, **by("Username", user))) == [theirs["eventID"]]
    assert ids(server.lookup(key, user=user)) == [theirs["eventID"]]
    assert ids(server.lookup(user=user, account=OTHER_ACCOUNT)) == [theirs["eventID"]]
    refusal = server.lookup_text(key, user=user, account=ACCOUNT)
    assert (refusal.status, refusal.code) == (400, "AccessDeniedException")


def test_data_events_are_found_by_cairns_look_up_only(server: Server) -> None:
    user = unique("data")
    management, data = event(user=user), data_event("some-bucket", "some/key", user=user)
    server.post_events([management, data])
    server.found(2, user=user)
    assert event_ids(lookup_events(server, **by("Username", user))) == [management["eventID"]]
    assert event_ids(lookup_events(server, **by("EventId", data["eventID"]))) == []
    assert ids(server.lookup(user=user, category="data")) == [data["eventID"]]
    assert ids(server.lookup(user=user, category="management")) == [management["eventID"]]


def test_insights_events_are_looked_up_by_their_own_category(server: Server) -> None:
    user = unique("insight")
    insight = event(
        user=user, eventType="AwsCloudTrailInsight", eventCategory="Insight",
        insightDetails={"state": "Start", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"},
    )
    server.post_events([insight])
    server.found(user=user)
    assert event_ids(lookup_events(server, **by("EventId", insight["eventID"]))) == []
    found = lookup_events(server, EventCategory="insight", **by("EventId", insight["eventID"]))
    assert event_ids(found) == [insight["eventID"]]
    assert ids(server.lookup(user=user, category="insight")) == [insight["eventID"]]
    refused("InvalidLookupAttributesException", server, EventCategory="insight", **by("Username", user))


def test_any_combination_of_filters_narrows_a_look_up(server: Server) -> None:
    user = unique("filters")
    wanted = event("DeleteBucket", "s3.amazonaws.com", user=user, errorCode="AccessDenied", sourceIPAddress="203.0.113.9")
    others = [event(user=user), event("DeleteBucket", "s3.amazonaws.com", user=user), event("DeleteTrail", user=user)]
    server.post_events([wanted, *others])
    server.found(4, user=user)
    wanted_ids = [wanted["eventID"]]
    assert ids(server.lookup(user=user, name="DeleteBucket", error="AccessDenied")) == wanted_ids
    assert ids(server.lookup(user=user, error="any")) == wanted_ids
    assert ids(server.lookup(user=user, ip="203.0.113.9", source="s3.amazonaws.com", readOnly=False)) == wanted_ids
    assert server.lookup(user=user, error="any", readOnly=True) == []
    answer = server.lookup_text(nmae="DeleteBucket")
    assert answer.status == 400 and "nmae" in answer.json()["message"]


def test_free_text_finds_whole_words_and_beginnings_in_any_case(server: Server) -> None:
    user = unique("text")
    wanted = event(user=user, userAgent="Stratus-Red-Team/2.3", requestParameters={"deep": [{"name": "Zürich harbour"}]})
    server.post_events([wanted, event(user=user, requestParameters={"stratus": "only a key"})])
    server.found(2, user=user)

    def found(text: str) -> bool:
        return ids(server.lookup(user=user, text=text)) == [wanted["eventID"]]

    for _ in range(2):
        assert found("stratus") and found("STRATUS team") and found("zürich") and found("harb*") and found("red harbour")
        assert not found("strat") and not found("stratus elsewhere") and not found("harbo")
        server.wait_until_committed()




def test_a_call_that_changes_something_is_recorded_with_what_was_asked_and_answered(server: Server) -> None:
    name = unique("recorded")
    server.client("s3").create_bucket(Bucket=name)
    server.client("cloudtrail").create_trail(Name=name, S3BucketName=name)
    found = server.found(name="CreateTrail", text=name)[0]
    assert found["eventSource"] == "cloudtrail.amazonaws.com"
    assert found["requestParameters"] == {"name": name, "s3BucketName": name}
    assert found["responseElements"]["trailARN"].endswith(f":trail/{name}")
    assert found["userIdentity"]["type"] == "Root"
    assert found["userIdentity"]["accessKeyId"] == server.root.id
    assert found["readOnly"] is False and found["managementEvent"] is True
    assert found["sourceIPAddress"] == "127.0.0.1"
    assert found["recipientAccountId"] == ACCOUNT
    assert found["userAgent"].startswith("Boto3/")
    bucket = server.found(name="CreateBucket", text=name)[0]
    assert bucket["eventSource"] == "s3.amazonaws.com"
    assert bucket["requestParameters"]["bucketName"] == name


def test_a_call_that_fails_is_recorded_with_its_error(server: Server) -> None:
    name = unique("missing")
    with pytest.raises(ClientError):
        server.client("cloudtrail", "ap-south-1").delete_trail(Name=name)
    found = server.found(name="DeleteTrail", text=name)[0]
    assert found["errorCode"] == "TrailNotFoundException"
    assert found["errorMessage"] == f"Unknown trail: {name} for the user: {ACCOUNT}"
    assert found["awsRegion"] == "ap-south-1"
    assert found["responseElements"] is None


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (Key("AKIAROOTROOTROOTROOT", "wrong", ACCOUNT), "InvalidSignatureException"),
        (Key("AKIANOBODYKNOWSTHIS0", "secret", ACCOUNT), "UnrecognizedClientException"),
    ],
)
def test_a_call_that_does_not_authenticate_is_refused_and_recorded_as_nobodys(
    server: Server, key: Key, code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        server.client("cloudtrail", "eu-north-1", key=key).list_trails()
    assert caught.value.response["Error"]["Code"] == code
    found = server.found(name="ListTrails", error=code)[0]
    assert found["userIdentity"] == {"type": "Unknown", "accessKeyId": key.id}
    assert found["recipientAccountId"] == ACCOUNT
    with pytest.raises(ClientError) as caught:
        server.client("sts", key=key).get_caller_identity()
    expected = {"InvalidSignatureException": "SignatureDoesNotMatch"}.get(code, "InvalidClientTokenId")
    assert caught.value.response["Error"]["Code"] == expected
    with pytest.raises(ClientError) as caught:
        server.client("s3", key=key).list_buckets()
    expected = {"InvalidSignatureException": "SignatureDoesNotMatch"}.get(code, "InvalidAccessKeyId")
    assert caught.value.response["Error"]["Code"] == expected
    assert server.request("POST", "/_cairn/lookup", b"{}", key=key).code == code
    server.found(source="cairn.amazonaws.com", name="Lookup", error=code)


def test_a_request_without_signature_is_refused_and_recorded(server: Server) -> None:
    answer = server.request("POST", "/_cairn/lookup", b"{}", key=None)
    assert answer.code == "MissingAuthenticationTokenException"
    assert server.post(b"{}", key=None).code == "MissingAuthenticationTokenException"
    server.found(source="cairn.amazonaws.com", name="Lookup", error="MissingAuthenticationTokenException")
    server.found(source="cairn.amazonaws.com", name="PostEvents", error="MissingAuthenticationTokenException")


def test_a_look_up_is_itself_on_the_record(server: Server) -> None:
    word = unique("wanted")
    server.lookup(user=word)
    found = server.found(name="Lookup", text=word)[-1]
    assert found["eventSource"] == "cairn.amazonaws.com"
    assert found["requestParameters"]["user"] == word
    lookup_events(server, **by("Username", word))
    found = server.found(name="LookupEvents", text=word)[0]
    assert found["requestParameters"]["lookupAttributes"] == [{"attributeKey": "Username", "attributeValue": word}]


def test_posts_that_are_taken_are_not_on_the_record(server: Server) -> None:
    marker = event(user=unique("posted"))
    server.post_events([marker])
    server.found(id=marker["eventID"])
    assert [found for found in server.lookup(name="PostEvents") if "errorCode" not in found] == []


ODD = """{ "unheardOf" : {"": null, "a": [[], {}, [null, {"b": null}]]},
 "eventTime":"2026-03-01T08:04:11Z","eventSource":"odd.example.com","eventName":"Odd", "awsRegion":"us-east-1",
 "requestParameters":{"large":12345678901234567890123,"one":1.0,"exponent":1E+2,"negative":-0,"tiny":1e-400,"huge":1e400,
 "precise":0.1000000000000000055511151231257827,
 "unicode":"\\ud83d\\ude00 \U0001f600 \\u0000 \\/ é e\u0301","empty":{},"none":null},
 "responseElements":"a string where an object should be","resources":null,"readOnly":"true","userIdentity":["a","list"],
 "sourceIPAddress":42,"eventID":"%s","recipientAccountId":"%s"}"""


def test_an_event_is_read_back_as_it_was_sent_from_tail_and_table(server: Server) -> None:
    event_id = str(uuid.uuid4())
    text = ODD.replace("\n", "") % (event_id, ACCOUNT)
    assert server.post(text.encode()).json()["accepted"] == 1
    server.found(id=event_id)
    for _ in ("tail", "table"):
        (found,) = exactly(server.lookup_text(id=event_id).body)["events"]
        assert found == exactly(text)
        server.wait_until_committed()


def test_events_of_any_shape_are_read_back_as_they_were_sent(server: Server) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    source = random.Random(seed)
    sent = {}
    for _ in range(150):
        event_id = str(uuid.UUID(int=source.getrandbits(128), version=4))
        sent[event_id] = random_event(source, event_id, ACCOUNT)
    receipt = server.post("\n".join(sent.values()).encode()).json()
    assert receipt == {"accepted": len(sent), "refused": [], "noted": []}
    server.wait_until_visible()
    for place in ("tail", "table"):
        answer = server.lookup_text(name="AnyThing", limit=1000)
        found = {read["eventID"]: read for read in exactly(answer.body)["events"]}
        assert found.keys() == sent.keys()
        for event_id, text in sent.items():
            assert found[event_id] == exactly(text), f"from the {place}: {text}"
        server.wait_until_committed()


def test_an_event_without_id_and_account_gets_them(server: Server) -> None:
    user = unique("bare")
    bare = event(user=user)
    del bare["eventID"]
    server.post_events([bare])
    (found,) = server.found(user=user)
    assert uuid.UUID(found.pop("eventID")).version == 4
    assert found == {**bare, "recipientAccountId": ACCOUNT}


def test_the_same_event_posted_twice_is_found_once_and_another_under_its_id_is_kept(server: Server) -> None:
    user = unique("twins")
    one = event(user=user)
    other = {**one, "sourceIPAddress": "203.0.113.1"}
    for posted in ([one], [one], [other]):
        server.post_events(posted)
        server.wait_until_committed()
    assert sorted(found["sourceIPAddress"] for found in server.lookup(user=user)) == ["198.51.100.7", "203.0.113.1"]


def test_history_survives_a_restart(server: Server) -> None:
    user = unique("restart")
    posted = [event(user=user, time=now() - timedelta(seconds=number)) for number in range(5)]
    server.post_events(posted)
    server.restart()
    assert until(lambda: ids(server.lookup(user=user)), "events after a restart") == ids(posted)
