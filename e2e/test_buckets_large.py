"""Bodies larger than the memory that a bucket server may take for them."""

import hashlib
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from server import Server
from test_buckets_whole import MIB, status_of


class Made:
    """A large body that is made as it is read."""

    def __init__(self, size: int):
        self.size, self.at, self.hash = size, 0, hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        count = min(self.size - self.at, count if count >= 0 else self.size)
        piece = self.at.to_bytes(8, "little") * (count // 8 + 1)
        self.at += count
        self.hash.update(piece[:count])
        return piece[:count]


@pytest.fixture
def fresh(make_server: Any) -> Iterator[Server]:
    server = make_server().start()
    yield server
    server.stop()


def test_large_bodies_pass_through_in_constant_memory(fresh: Server) -> None:
    s3 = fresh.client("s3")
    s3.create_bucket(Bucket="large")
    s3.put_object(Bucket="large", Key="small", Body=b"x")
    before = fresh.memory_peak()
    size = 300 * MIB
    body = Made(size)
    s3.upload_fileobj(body, "large", "parts")
    got, back = s3.get_object(Bucket="large", Key="parts"), hashlib.sha256()
    for piece in got["Body"].iter_chunks(MIB):
        back.update(piece)
    assert (got["ContentLength"], back.digest()) == (size, body.hash.digest())
    s3.copy_object(Bucket="large", Key="copied", CopySource={"Bucket": "large", "Key": "parts"})
    # In one piece, by a client that does not say what it will be.
    url = fresh.client("s3", signature_version="s3v4").generate_presigned_url("put_object", Params={"Bucket": "large", "Key": "one"}, ExpiresIn=600)
    sent = urllib.request.Request(url, Made(size), {"Content-Length": str(size)}, method="PUT")
    assert status_of(sent) == 200
    assert fresh.memory_peak() - before < 200 * MIB
