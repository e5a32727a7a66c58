"""JSON web tokens, and the key set that they are verified with."""

import base64
import json
import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def packed(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class Issuer:
    """Who signs tokens, with ES256."""

    def __init__(self, url: str):
        self.url = url
        self._key = ec.generate_private_key(ec.SECP256R1())

    def key_set(self) -> str:
        point = self._key.public_key().public_numbers()
        key = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "one",
               "x": packed(point.x.to_bytes(32, "big")), "y": packed(point.y.to_bytes(32, "big"))}  # fmt: skip
        return json.dumps({"keys": [key]})

    def token(self, **claims: Any) -> str:
        """A token that holds for five minutes, unless the claims say otherwise."""
        claims = {"iss": self.url, "exp": int(time.time()) + 300, **claims}
        head = {"alg": "ES256", "kid": "one", "typ": "JWT"}
        text = f"{packed(json.dumps(head).encode())}.{packed(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{packed(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
