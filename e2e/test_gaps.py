"""A bucket that is down: its trail skips events when its share of the outbox is full, and says so."""

from conftest import MakeServer
from delivered import make_trail, trail_arn
from events import event
from server import Server
from waiting import until


def skipped(server: Server) -> float:
    return server.metrics()["cairn_trail_skipped_events_total"]


def waiting(server: Server) -> float:
    return server.metrics()["cairn_outbox_objects"]


def test_what_a_trail_skips_is_named_in_history_and_in_its_own_bucket(make_server: MakeServer) -> None:
    server = make_server("--trails-outbox-bytes", "60000", "--trails-default", "false").start()
    cloudtrail, s3 = server.client("cloudtrail"), server.client("s3")
    well = make_trail(server, "well")
    down = make_trail(server, "down", logging=False, EnableLogFileValidation=False)
    s3.delete_bucket(Bucket=down.bucket)
    cloudtrail.start_logging(Name="down")
    until(lambda: waiting(server) > 0, "a log file that waits for its bucket")

    posted = []
    while skipped(server) < 3:
        posted.append(event())
        server.post_events(posted[-1:])
        well.wait_for([posted[-1]["eventID"]])
    status = cloudtrail.get_trail_status(Name="down")
    assert status["LatestDeliveryError"] == "NoSuchBucket"

    (gap,) = server.found(1, name="TrailGap")
    details = gap["additionalEventData"]
    assert gap["eventSource"] == "cairn.amazonaws.com"
    assert details["trailARN"] == trail_arn("down") == gap["resources"][0]["ARN"]
    assert details["reason"] == "OutboxFull"
    assert details["eventCount"] >= 3
    assert details["fromPosition"] < details["toPosition"]
    well.wait_for([gap["eventID"]])

    server.kill()
    server.start()
    s3 = server.client("s3")
    s3.create_bucket(Bucket=down.bucket)
    down.server = server
    down.wait_for([gap["eventID"]])
    last = event()
    until(lambda: waiting(server) == 0, "an empty outbox")
    server.post_events([last])
    down.wait_for([last["eventID"]])
    assert "LatestDeliveryError" not in server.client("cloudtrail").get_trail_status(Name="down")
    delivered = down.event_ids()
    assert len(delivered) == len(set(delivered))
    server.stop()
