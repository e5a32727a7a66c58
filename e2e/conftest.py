"""Servers for tests. Whatever a test starts is gone when it ends."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from server import CAIRN, Server

MakeServer = Callable[..., Server]


def pytest_sessionstart() -> None:
    if not CAIRN.exists():
        raise pytest.UsageError(f"{CAIRN} is missing: cargo build --workspace --bins --locked")


def _factory(folder: Path, stack: ExitStack) -> MakeServer:
    count = 0

    def make(*flags: str, **options: object) -> Server:
        nonlocal count
        count += 1
        server = Server(folder / f"server-{count}", *flags, **options)
        stack.callback(server.kill)
        return server

    return make


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[MakeServer]:
    """Makes servers that are not started yet."""
    with ExitStack() as stack:
        yield _factory(tmp_path, stack)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One running server for all tests of a file that leave it as they found it. It must end well."""
    with ExitStack() as stack:
        shared = _factory(tmp_path_factory.mktemp("shared"), stack)().start()
        yield shared
        shared.stop()
