"""Certificates for tests: an authority of their own, and servers' certificates by it."""

import ipaddress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from events import now


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


class Authority:
    """An authority; its own certificate is the file `ca.pem`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.bundle = folder / "ca.pem"
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _named("a made-up authority")
        authority = x509.BasicConstraints(ca=True, path_length=None)
        certificate = self._builder(self.name, self.key).add_extension(authority, critical=True).sign(self.key, hashes.SHA256())
        self.bundle.write_bytes(_pem(certificate))

    def issue(self, certificate: Path, key: Path) -> int:
        """Writes a new certificate for this machine and its key; returns its serial number."""
        private = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        issued = self._builder(_named("cairn"), private).add_extension(names, critical=False).sign(self.key, hashes.SHA256())
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        certificate.write_bytes(_pem(issued))
        key.write_bytes(private.private_bytes(*form))
        return issued.serial_number

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        start = now() - timedelta(hours=1)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=2))
        )
