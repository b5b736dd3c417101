"""Certificates to encrypt to: read from PEM, and refused where they are expired, another's, or made for something else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from auditor.errors import SettingsRefused

LEAST_KEY_BITS = 2048
Kind = TypeVar("Kind", bound=x509.ExtensionType)
FOR_MAIL = {ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}


def read_certificate(path: Path, address: str, now: datetime) -> x509.Certificate:
    """The certificate of one recipient; SettingsRefused where nothing may be encrypted to it."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        fault = _fault(certificate, address, now)
    except OSError:
        raise SettingsRefused(
            f"certificates: {path.name} cannot be read. Name a PEM file that the user of this program may read."
        ) from None
    except ValueError:
        raise SettingsRefused(f"certificates: {path.name} holds no certificate in PEM that can be read.") from None
    if fault:
        raise SettingsRefused(f"certificates: {path.name} {fault}")
    return certificate


def _fault(certificate: x509.Certificate, address: str, now: datetime) -> str:
    """Why nothing may be encrypted to it; empty where it is fit."""
    moment = now.astimezone(UTC)
    if moment > certificate.not_valid_after_utc:
        return f"expired on {certificate.not_valid_after_utc:%Y-%m-%d}. Ask its owner for the new one."
    if moment < certificate.not_valid_before_utc:
        return f"is valid from {certificate.not_valid_before_utc:%Y-%m-%d} only. Use the one before it, or look at this machine's clock."
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_KEY_BITS:
        return f"has no RSA key of {LEAST_KEY_BITS} bits or more. Ask its owner for a certificate that has."
    if not _may_encrypt(certificate):
        return "is not made for encrypting mail (its key usage says so). Ask its owner for the one that is."
    named = _addresses(certificate)
    if named and address.lower() not in named:
        return "names another address than the recipient's. Look whether the files are mixed up."
    return ""


def _may_encrypt(certificate: x509.Certificate) -> bool:
    """Whether key usage and extended key usage, where given, allow it."""
    usage, purposes = _extension(certificate, x509.KeyUsage), _extension(certificate, x509.ExtendedKeyUsage)
    return (usage is None or usage.key_encipherment) and (purposes is None or not FOR_MAIL.isdisjoint(purposes))


def _addresses(certificate: x509.Certificate) -> set[str]:
    names = _extension(certificate, x509.SubjectAlternativeName)
    told = list(names.get_values_for_type(x509.RFC822Name)) if names is not None else []
    told += [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)]
    return {name.lower() for name in told}


def _extension(certificate: x509.Certificate, kind: type[Kind]) -> Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
