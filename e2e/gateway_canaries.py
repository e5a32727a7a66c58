"""Looks for secrets in everything that a server keeps."""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path


def readings(file: Path) -> Iterator[bytes]:
    """What a file holds, as it is and unpacked."""
    content = file.read_bytes()
    yield content
    if content.startswith(b"\x1f\x8b"):
        # More may follow behind the packed part.
        yield zlib.decompressobj(wbits=31).decompress(content)


def found_in(folder: Path, secrets: Iterable[bytes]) -> list[str]:
    """The files below `folder` that hold one of `secrets`, and which."""
    wanted = set(secrets)
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [
        f"{file.relative_to(folder)}: {secret!r}"
        for file in files
        for content in readings(file)
        for secret in wanted
        if secret in content
    ]
