"""A real PostgreSQL of the tests' own."""

import shutil
import subprocess
import tempfile
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "scripts" / "postgres.sh"


class Postgres:
    """A server that may be stopped and started again."""

    def __init__(self) -> None:
        # Not below pytest's folders: it may have to run as another user, who cannot get there.
        self.folder = Path(tempfile.mkdtemp(prefix="cairn-postgres."))
        self.url = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "Postgres":
        assert self.process is None
        self.process = subprocess.Popen(
            [SCRIPT, self.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().strip()
        assert self.url, "no PostgreSQL: scripts/packages.sh postgresql installs it"
        return self

    def stop(self) -> None:
        """At once, as a crash would."""
        process, self.process = self.process, None
        if process is not None:
            process.communicate()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)
