"""A pack as a ZIP: the same bytes for the same contents, never compressed, read in memory and never unpacked to a disk."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pyzipper

from auditor.errors import NotTheSame, SettingsRefused
from auditor.packs.names import MAY_BE_MISSING, ORDER
from auditor.private_files import FILE_MODE

# The earliest a ZIP can tell; nothing here depends on when it was packed.
NO_TIME = (1980, 1, 1, 0, 0, 0)
UNIX = 3
MOST_BYTES = 1 << 30


def pack_bytes(contents: dict[str, bytes]) -> bytes:
    """The ZIP. Nothing is compressed, since compressors differ from version to version."""
    return _zip({name: contents[name] for name in ORDER if name in contents})


def _zip(contents: dict[str, bytes]) -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.create_system, entry.external_attr = UNIX, FILE_MODE << 16
            archive.writestr(entry, content)
    return whole.getvalue()


def encrypt(name: str, content: bytes, password: str) -> bytes:
    """A ZIP that holds one file under AES-256; nothing but that file's name is legible without the password."""
    whole = BytesIO()
    with pyzipper.AESZipFile(whole, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        entry = pyzipper.AESZipFile.zipinfo_cls(name, NO_TIME)
        entry.create_system, entry.external_attr = UNIX, FILE_MODE << 16
        archive.writestr(entry, content)
    return whole.getvalue()


def decrypt(content: bytes, password: str | None) -> bytes:
    """The pack within an encrypted one; any other content as it is. SettingsRefused without the right password."""
    try:
        with pyzipper.AESZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) != 1 or not entries[0].flag_bits & 1:
                return content
            if not password:
                raise SettingsRefused("the pack is encrypted. Put its password into AUDITOR_PACK_PASSWORD.")
            archive.setpassword(password.encode())
            if entries[0].file_size > MOST_BYTES:
                raise NotTheSame("the pack is larger than any pack is.")
            inside: bytes = archive.read(entries[0])
            return inside
    except RuntimeError:
        raise SettingsRefused("the pack cannot be opened with that password.") from None
    except Exception as fault:
        if isinstance(fault, SettingsRefused | NotTheSame):
            raise
        return content


def read_pack(content: bytes) -> dict[str, bytes]:
    """The files of a pack by name; NotTheSame for a ZIP that no program of ours wrote."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if set(names) - set(ORDER) or len(names) != len(set(names)) or set(ORDER) - set(names) - set(MAY_BE_MISSING):
                raise NotTheSame("the ZIP does not hold what a pack holds.")
            if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
                raise NotTheSame("the ZIP was packed anew by another program.")
            return {entry.filename: archive.read(entry) for entry in entries}
    except NotTheSame:
        raise
    except Exception:  # a damaged ZIP raises nearly anything
        raise NotTheSame("the ZIP is damaged.") from None
