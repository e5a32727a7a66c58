"""`aws cloudtrail validate-logs`, by the unmodified AWS CLI."""

import re
from dataclasses import dataclass
from datetime import datetime

from delivered import trail_arn
from events import text_of
from server import AWS, REGION, ROOT, Server
from wire import Key

RATIO = re.compile(r"(?P<count>\d+)/(?P<total>\d+) (?P<kind>digest|log) files (?P<verdict>valid|INVALID)")


@dataclass(frozen=True)
class Verdict:
    """What the AWS CLI said."""

    text: str

    def count(self, kind: str, verdict: str = "valid") -> int:
        """How many `digest` or `log` files it found `valid` or `INVALID`."""
        found = [match for match in RATIO.finditer(self.text) if (match["kind"], match["verdict"]) == (kind, verdict)]
        return sum(int(match["count"]) for match in found)

    @property
    def valid_log_files(self) -> set[str]:
        """The keys of the log files that it named valid."""
        return set(re.findall(r"^Log file\ts3://[^/]+/(.+)\tvalid$", self.text, re.MULTILINE))

    @property
    def invalid(self) -> list[str]:
        """The lines that name something invalid."""
        lines = self.text.splitlines()
        return [line for line in lines if "INVALID" in line and not RATIO.search(line)]


def validate(
    server: Server,
    trail: str,
    since: datetime,
    *,
    until: datetime | None = None,
    region: str = REGION,
    home: str = REGION,
    account: str | None = None,
    key: Key = ROOT,
    code: int = 0,
) -> Verdict:
    """Runs validate-logs over the digests of `region`; `code` is the exit code that it must have.

    `account` is the one of the organization whose digests are meant, if the trail is an organization's.
    """
    arguments = ["--trail-arn", trail_arn(trail, home), "--start-time", text_of(since), "--verbose"]
    if until is not None:
        arguments += ["--end-time", text_of(until)]
    if account is not None:
        arguments += ["--account-id", account]
    done = server.run(AWS, "--region", region, "cloudtrail", "validate-logs", *arguments, code=code, key=key)
    # What is invalid is told on standard error.
    return Verdict(done.stdout + done.stderr)


def validate_all(server: Server, trail: str, since: datetime, **options: object) -> Verdict:
    """All must be valid, and there must be something."""
    verdict = validate(server, trail, since, **options)
    assert not verdict.invalid, verdict.text
    assert verdict.count("digest") > 0, verdict.text
    return verdict
