"""A throw-away certificate authority: even on the first day no listener is anonymous (docs/protocol.md, Wire)."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFE = timedelta(days=365)
_SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Files that prove one end to the other: the authority's certificate, one's own, one's key (mode 0600)."""

    ca: Path
    cert: Path
    key: Path


class Ca:
    """Issues certificates into `directory`; what is there already and still good for a day is used again."""

    def __init__(self, directory: Path, now: Callable[[], datetime]) -> None:
        self._directory = directory
        self._now = now
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.cert = directory / "ca.crt"
        if not self._good(self.cert):
            for stale in directory.glob("*.crt"):
                stale.unlink()
            self._key, self._cert = self._make_root()
        else:
            self._key = _load_key(directory / "ca.key")
            self._cert = x509.load_pem_x509_certificate(self.cert.read_bytes())

    def server(self, *hosts: str) -> Credentials:
        """For a listener reached as `hosts`: names or addresses."""
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        return self._issue(hosts[0], "server", ExtendedKeyUsageOID.SERVER_AUTH, names)

    def client(self, common_name: str) -> Credentials:
        """For a terminal, `{property}/{terminal}`, or a worker, `central/{worker}`."""
        return self._issue(common_name, common_name.replace("/", "."), ExtendedKeyUsageOID.CLIENT_AUTH, None)

    def _issue(
        self, common_name: str, stem: str, usage: x509.ObjectIdentifier, names: x509.SubjectAlternativeName | None
    ) -> Credentials:
        files = Credentials(self.cert, self._directory / f"{stem}.crt", self._directory / f"{stem}.key")
        if self._good(files.cert) and files.key.exists():
            return files
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            self._blank(common_name, key.public_key())
            .issuer_name(self._cert.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )  # fmt: skip
        if names is not None:
            builder = builder.add_extension(names, critical=False)
        _write_key(files.key, key)
        files.cert.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return files

    def _make_root(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._blank("throw-away hotel CA", key.public_key())
        cert = (
            builder.issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "throw-away hotel CA")]))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(ca=True), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        _write_key(self._directory / "ca.key", key)
        self.cert.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
        return key, cert

    def _blank(self, common_name: str, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = self._now()
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _SKEW)
            .not_valid_after(now + _LIFE)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    def _good(self, cert: Path) -> bool:
        try:
            end = x509.load_pem_x509_certificate(cert.read_bytes()).not_valid_after_utc
        except (OSError, ValueError):
            return False
        return end > self._now() + _SKEW


def _key_usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=ca, crl_sign=ca, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False)  # fmt: skip


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())  # fmt: skip
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} is not an EC key")
    return key
