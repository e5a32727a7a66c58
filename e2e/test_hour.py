"""An hour of random traffic, with everything that may happen beside it; then the product's own checker compares log, history,
delivered files and digests event by event.

CAIRN_HOUR_STEPS says how much happens (default 40), CAIRN_HOUR_SEED repeats an earlier run.
"""

import json
import os
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from conftest import MakeServer
from delivered import Delivered, make_trail
from elsewhere import Moto
from events import OTHER_ACCOUNT, Event, data_event, event, now, write_log_file
from server import CAIRN, Server
from waiting import until

STEPS = int(os.environ.get("CAIRN_HOUR_STEPS", "40"))
SEED = int(os.environ.get("CAIRN_HOUR_SEED") or random.SystemRandom().randrange(1 << 32))
REGIONS = ("us-east-1", "us-east-1", "eu-west-1", "ap-southeast-2")
FLAGS = ("--deliver-every", "300ms", "--digest-every", "1s", "--trails-rotate-every", "6s")


class Hour:
    """A server to which random things happen, and what it acknowledged meanwhile."""

    def __init__(self, make_server: MakeServer, folder: Path, moto: Moto):
        self.source = random.Random(SEED)
        self.begin = now() - timedelta(hours=1)
        self.folder = folder
        env = {"CAIRN_S3_ENDPOINT": moto.url}
        self.server = make_server(*FLAGS, quick=False, env=env).start()
        moto.client("s3").create_bucket(Bucket="hour-elsewhere")
        self.trails = [make_trail(self.server, "hour-all", IsMultiRegionTrail=True), make_trail(self.server, "hour-one")]
        client = self.server.client("cloudtrail")
        client.create_trail(Name="hour-elsewhere", S3BucketName="hour-elsewhere", EnableLogFileValidation=True)
        client.start_logging(Name="hour-elsewhere")
        self.acknowledged: set[str] = set()
        self.sent: list[Event] = []
        self.backups = 0
        self.imports = 0

    def events(self) -> list[Event]:
        """New ones at any time of the hour, and now and then one that was there before."""
        made = []
        for _ in range(self.source.choice([1, 3, 20, 150])):
            time = self.begin + timedelta(seconds=self.source.randrange(3600))
            region = self.source.choice(REGIONS)
            if self.source.random() < 0.2:
                made.append(data_event("some-bucket", f"key-{len(made)}", time=time, region=region))
            else:
                name = self.source.choice(["RunInstances", "DescribeInstances", "CreateUser"])
                made.append(event(name, time=time, region=region))
        if self.sent:
            made += self.source.sample(self.sent, min(len(self.sent), self.source.choice([0, 0, 1, 5])))
        return made

    def post(self) -> None:
        events = self.events()
        self.server.post_events(events)
        self.note(events)

    def note(self, events: list[Event]) -> None:
        self.sent += events
        self.acknowledged |= {found["eventID"] for found in events}

    def bring_in(self) -> None:
        self.imports += 1
        folder = self.folder / f"import-{self.imports}"
        events = [{**found, "recipientAccountId": OTHER_ACCOUNT} for found in self.events()]
        write_log_file(folder, "us-east-1", events)
        for _ in range(self.source.choice([1, 2])):
            self.server.cairn("import", folder, "--restart")
        self.acknowledged |= {found["eventID"] for found in events}

    def toggle(self) -> None:
        client, name = self.server.client("cloudtrail"), self.source.choice(["hour-all", "hour-one"])
        logging = client.get_trail_status(Name=name)["IsLogging"]
        (client.stop_logging if logging else client.start_logging)(Name=name)

    def select(self) -> None:
        resources = [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]
        selector = {
            "ReadWriteType": self.source.choice(["All", "ReadOnly", "WriteOnly"]),
            "IncludeManagementEvents": True,
            "DataResources": self.source.choice([[], resources]),
        }
        self.server.client("cloudtrail").put_event_selectors(TrailName="hour-all", EventSelectors=[selector])

    def kill(self) -> None:
        self.server.kill()
        self.server.start()

    def restart(self) -> None:
        self.server.restart()

    def back_up(self) -> None:
        self.backups += 1
        self.server.cairn("backup", self.folder / f"backup-{self.backups}")

    def run(self) -> None:
        steps: list[Callable[[], None]] = [self.post] * 8 + [self.bring_in] * 2
        steps += [self.toggle, self.select, self.kill, self.kill, self.restart, self.back_up]
        for _ in range(STEPS):
            self.source.choice(steps)()


def same_events(server: Server, data: Path) -> None:
    """The checker finds no difference."""
    said = server.run(CAIRN, "verify", "--store", data, "--output", "json").stdout
    assert json.loads(said), said


def test_after_an_hour_of_anything_log_history_files_and_digests_hold_the_same(
    make_server: MakeServer, tmp_path: Path
) -> None:
    print(f"CAIRN_HOUR_SEED={SEED}")
    moto = Moto(tmp_path)
    try:
        hour = Hour(make_server, tmp_path, moto)
        hour.run()
        hour.back_up()
        server = hour.server
        for name in ("hour-all", "hour-one"):
            server.client("cloudtrail").start_logging(Name=name)
        hour.post()
        server.restart()
        until(lambda: server.metrics()["cairn_outbox_objects"] == 0, "the outbox is empty")
        for trail in hour.trails:
            Delivered(server, trail.bucket).wait_until_covered()
        server.wait_until_committed()
        found = {found["eventID"] for found in server.lookup()}
        lost = hour.acknowledged - found
        assert not lost, f"{len(lost)} acknowledged events are not in history, such as {sorted(lost)[:3]}"
        keys = tmp_path / "keys.json"
        server.cairn("key", "export", keys)
        for trail in hour.trails:
            server.cairn("verify", f"s3://{trail.bucket}", "--keys", keys, "--s3-endpoint", server.url)
        server.stop()
        same_events(server, server.data)
        last = tmp_path / f"backup-{hour.backups}"
        server.run(CAIRN, "restore", last, "--data", tmp_path / "restored")
        same_events(server, tmp_path / "restored")
    finally:
        moto.stop()
