"""Certificates made for a test: an authority, servers of good and bad name, and readers of encrypted mail."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# servers are judged by the machine's clock, readers by the clock of the test, which stands still
NOW = datetime.now(UTC)
DAY = timedelta(days=1)
LONG = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2126, 1, 1, tzinfo=UTC))


@cache
def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """A key; the same for the same number, since making one is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, on disk."""

    certificate: Path
    key: Path


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def write_pair(folder: Path, name: str, certificate: x509.Certificate, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Pair:
    folder.mkdir(parents=True, exist_ok=True)
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pair.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return pair


def authority(folder: Path, name: str = "authority", number: int = 1) -> Pair:
    """A certificate authority."""
    key = rsa_key(number=number)
    builder = _begin(_name(name), _name(name), key, (NOW - DAY, NOW + 30 * DAY)).add_extension(x509.BasicConstraints(True, None), True)
    builder = builder.add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False), True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    return write_pair(folder, name, builder.sign(key, hashes.SHA256()), key)


def _begin(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    span: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
    )


def server_pair(folder: Path, host: str = "localhost", span: tuple[datetime, datetime] = (NOW - DAY, NOW + DAY), number: int = 1) -> Pair:
    """A server's certificate from the authority of that number."""
    issuer_key, key = rsa_key(number=number), rsa_key(number=2)
    issuer = _name("authority" if number == 1 else "stranger")
    names = [x509.DNSName(host), *([x509.IPAddress(ip_address("127.0.0.1"))] if host == "localhost" else [])]
    builder = _begin(_name(host), issuer, key, span).add_extension(x509.SubjectAlternativeName(names), False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    builder = builder.add_extension(x509.BasicConstraints(False, None), True)
    return write_pair(folder, f"server-{host}-{number}-{span[1]:%Y%m%d}", builder.sign(issuer_key, hashes.SHA256()), key)


def server_context(pair: Pair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    return context


@dataclass(frozen=True)
class Reader:
    """What a reader's certificate says; the defaults are fit for encrypted mail."""

    address: str | None = "desk@plan.example"
    span: tuple[datetime, datetime] = LONG
    encipherment: bool = True
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.EMAIL_PROTECTION
    bits: int = 2048
    curve: bool = False


def reader_pair(folder: Path, name: str, reader: Reader) -> Pair:
    """A reader's own certificate, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1()) if reader.curve else rsa_key(reader.bits, number=3)
    builder = _begin(_name(name), _name(name), key, reader.span)
    if reader.address:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(reader.address)]), False)
    usage = x509.KeyUsage(not reader.encipherment, False, reader.encipherment, False, False, False, False, False, False)
    builder = builder.add_extension(usage, True).add_extension(x509.ExtendedKeyUsage([reader.purpose]), False)
    return write_pair(folder, name, builder.sign(key, hashes.SHA256()), key)
