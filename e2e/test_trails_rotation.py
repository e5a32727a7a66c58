"""The keys that sign digests are replaced while trails deliver, and every digest stays provable."""

from datetime import datetime, timezone
from typing import Any

from conftest import MakeServer
from delivered import Delivered, make_trail
from events import event, minutes_ago, now
from server import Server
from validation import validate_all
from waiting import until

EVERY = "--trails-rotate-every"


def fingerprints(trail: Delivered) -> set[str]:
    """Of the keys that signed what was delivered."""
    return {digest.says["digestPublicKeyFingerprint"] for digest in trail.digests()}


def keys(server: Server, **times: Any) -> dict[str, dict[str, Any]]:
    listed = server.client("cloudtrail").list_public_keys(**times)["PublicKeyList"]
    return {key["Fingerprint"]: key for key in listed}


def test_digests_are_valid_across_rotations_crashes_and_restarts(make_server: MakeServer) -> None:
    server = make_server(EVERY, "4s", "--trails-default", "false").start()
    since = minutes_ago(5)
    trail = make_trail(server, "rotated")
    posted = event()
    server.post_events([posted])
    trail.wait_for([posted["eventID"]])
    until(lambda: len(fingerprints(trail)) >= 2, "digests by two keys")
    server.kill()
    server.start()
    until(lambda: len(fingerprints(trail)) >= 3, "digests by a key that was made after the crash")
    server.restart()
    seen = len(fingerprints(trail))
    until(lambda: len(fingerprints(trail)) > seen, "digests by a key that was made after the restart")
    trail.wait_until_covered()

    listed = keys(server, StartTime=since, EndTime=now())
    assert fingerprints(trail) <= set(listed)
    for digest in trail.digests():
        key = listed[digest.says["digestPublicKeyFingerprint"]]
        ended = datetime.fromisoformat(digest.says["digestEndTime"])
        assert key["ValidityStartTime"] <= ended <= key["ValidityEndTime"], digest.key
        # Whoever asks about the time of one digest gets its key.
        assert digest.says["digestPublicKeyFingerprint"] in keys(server, StartTime=ended, EndTime=ended)
    verdict = validate_all(server, "rotated", since)
    assert verdict.count("log") > 0
    for previous, digest in zip(trail.digests(), trail.digests()[1:]):
        assert digest.says["previousDigestS3Object"] == previous.key, "one chain"

    (current,) = keys(server).values()
    assert current["ValidityStartTime"] < datetime.now(timezone.utc) < current["ValidityEndTime"]
    rotations = server.found(2, name="RotateSigningKey")
    assert rotations[0]["userIdentity"]["invokedBy"] == "cairn.amazonaws.com"
    # The oldest: newer ones may have come since the keys were listed.
    assert rotations[-1]["requestParameters"]["fingerprint"] in listed
    server.stop()


def test_a_key_that_ended_while_nobody_served_is_replaced_at_once(make_server: MakeServer) -> None:
    server = make_server(EVERY, "4s", "--trails-default", "false").start()
    trail = make_trail(server, "slept")
    until(lambda: trail.digests(), "a digest")
    before = keys(server)
    server.stop()
    (ended,) = [key["ValidityEndTime"] for key in before.values()]
    until(lambda: datetime.now(timezone.utc) > ended, "the key's end")
    server.start()
    seen = fingerprints(trail)
    until(lambda: fingerprints(trail) - seen, "a digest by a new key")
    validate_all(server, "slept", minutes_ago(5))
    server.stop()


def test_an_account_without_validation_gets_no_keys(make_server: MakeServer) -> None:
    server = make_server(EVERY, "4s", "--trails-default", "false").start()
    plain = make_trail(server, "plain", EnableLogFileValidation=False)
    posted = event()
    server.post_events([posted])
    plain.wait_for([posted["eventID"]])
    assert keys(server, StartTime=minutes_ago(100), EndTime=now()) == {}
    server.client("cloudtrail").update_trail(Name="plain", EnableLogFileValidation=True)
    assert len(keys(server)) == 1
    server.stop()


def test_a_key_that_is_young_enough_is_kept(make_server: MakeServer) -> None:
    server = make_server().start()
    (first,) = keys(server)
    server.restart()
    trail = Delivered(server, "cairn-trail-111122223333")
    until(lambda: trail.digests(), "a digest")
    assert set(keys(server)) == {first} == fingerprints(trail)
    server.stop()
