"""What keeps member data from strangers: an AES-256 archive, or a message sealed to its recipient's certificate."""

from __future__ import annotations

import io
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

AES_BITS = 256
BEGINNING = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Enclosure:
    """One file of a message."""

    name: str
    kind: str
    content: bytes


def seal_archive(name: str, files: tuple[Enclosure, ...], password: bytes) -> Enclosure:
    """One ZIP with every file encrypted by AES-256; names and sizes of its files can be read without the password."""
    import pyzipper

    held = io.BytesIO()
    with pyzipper.AESZipFile(held, "w", compression=pyzipper.ZIP_DEFLATED) as archive:
        archive.setpassword(password)
        archive.setencryption(pyzipper.WZ_AES, nbits=AES_BITS)
        for file in files:
            archive.writestr(pyzipper.ZipInfo(file.name, date_time=BEGINNING), file.content, compress_type=pyzipper.ZIP_DEFLATED)
    return Enclosure(name, "application/zip", held.getvalue())


def seal_entity(entity: bytes, certificate: x509.Certificate) -> bytes:
    """A whole MIME entity, headers and all, as enveloped data that only the certificate's owner can open."""
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(entity).add_recipient(certificate).set_content_encryption_algorithm(AES256)
    return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
