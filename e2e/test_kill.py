"""kill -9 under load: what was acknowledged is found, delivered exactly once, and proved.

CAIRN_KILL_ROUNDS says how often (default 3), CAIRN_KILL_SEED repeats the moments and batches of an earlier run.
"""

import os
import random
import threading
from collections import Counter

from conftest import MakeServer
from delivered import Delivered, make_trail
from events import event, minutes_ago, ndjson
from server import Server
from validation import validate_all
from waiting import until

ROUNDS = int(os.environ.get("CAIRN_KILL_ROUNDS", "3"))
SEED = int(os.environ.get("CAIRN_KILL_SEED") or random.SystemRandom().randrange(1 << 32))
CLIENTS = 4
TRAIL = "killed"
REGIONS = ("us-east-1", "eu-west-1")
SOURCE = "load.example.com"


class Load:
    """Clients that post until the server is gone, and note what it acknowledged."""

    def __init__(self, server: Server, seed: str):
        self.server = server
        self.acknowledged: set[str] = set()
        self.sent: set[str] = set()
        self._lock = threading.Lock()
        self._gone = threading.Event()
        self._threads = [threading.Thread(target=self._post, args=(f"{seed}-{number}",)) for number in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _post(self, name: str) -> None:
        source = random.Random(name)
        count = 0
        while not self._gone.is_set():
            batch = []
            for _ in range(source.choice([1, 1, 2, 5, 20, 100])):
                count += 1
                batch.append(event("Load", SOURCE, eventID=f"{name}-{count}", region=source.choice(REGIONS)))
            names = {found["eventID"] for found in batch}
            with self._lock:
                self.sent |= names
            try:
                answer = self.server.post(ndjson(batch))
            except OSError:
                return
            except Exception as error:
                # A connection that was cut in the middle of an answer; whether it was taken is not known.
                assert type(error).__module__ == "http.client", error
                return
            assert answer.status == 200 and answer.json()["accepted"] == len(batch), answer
            with self._lock:
                self.acknowledged |= names

    def kill_after(self, seconds: float) -> None:
        """Lets them post for so long, then kills the server under them."""
        kill_after(self.server, seconds)
        self._gone.set()
        for thread in self._threads:
            thread.join()


def kill_after(server: Server, seconds: float) -> None:
    """The moment is the test: it must not hang on anything that the server does."""
    threading.Event().wait(seconds)
    server.kill()


def drain(server: Server, trail: Delivered, acknowledged: set[str]) -> None:
    """Until all that was acknowledged is in log files, and those are in digests."""
    trail.wait_for(list(acknowledged))
    # What was written but not acknowledged may still wait for a cut: an orderly stop makes it.
    server.restart()
    until(lambda: server.metrics()["cairn_outbox_objects"] == 0, "the outbox is empty")
    trail.wait_until_covered()


def test_kill_9_at_any_moment_loses_and_doubles_nothing(make_server: MakeServer) -> None:
    print(f"CAIRN_KILL_SEED={SEED}")
    source = random.Random(SEED)
    since = minutes_ago(5)
    server = make_server("--deliver-every", "300ms", "--digest-every", "1s", quick=False).start()
    trail = make_trail(server, TRAIL, IsMultiRegionTrail=True)
    acknowledged: set[str] = set()
    sent: set[str] = set()
    for number in range(ROUNDS):
        load = Load(server, f"{SEED}-{number}")
        load.kill_after(source.uniform(0.05, 2.5))
        acknowledged |= load.acknowledged
        sent |= load.sent
        if source.random() < 0.3:
            server.launch()
            kill_after(server, source.uniform(0.0, 0.5))
        server.start()
    assert acknowledged, "no event was acknowledged: the load is none"
    drain(server, trail, acknowledged)

    files = trail.log_files()
    delivered = Counter(name for file in files for name in file.event_ids if name.startswith(f"{SEED}-"))
    assert acknowledged <= delivered.keys(), f"lost from log files: {sorted(acknowledged - delivered.keys())[:5]}"
    assert delivered.keys() <= sent
    assert [found for found, times in delivered.items() if times > 1] == [], "delivered twice"

    server.wait_until_visible()
    found = Counter(found["eventID"] for found in server.lookup(source=SOURCE))
    assert acknowledged <= found.keys(), f"lost from history: {sorted(acknowledged - found.keys())[:5]}"
    assert found.keys() == delivered.keys(), "history and log files disagree"
    assert max(found.values()) == 1, "found twice"

    for region in REGIONS:
        verdict = validate_all(server, TRAIL, since, region=region)
        assert {file.key for file in files if file.region == region} <= verdict.valid_log_files
    server.stop()
