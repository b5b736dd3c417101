"""Things put away on disk until their turn comes: what is made of every episode, and wanted in another order."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any


@dataclass(frozen=True)
class Drawer:
    """A file that nobody else can open; what is put into it is had back by its place."""

    file: IO[bytes]

    def put(self, thing: Any) -> int:
        """Puts a thing away, and says where."""
        place = self.file.seek(0, os.SEEK_END)
        pickle.dump(thing, self.file, protocol=pickle.HIGHEST_PROTOCOL)
        return place

    def get(self, place: int) -> Any:
        """The thing at a place."""
        self.file.seek(place)
        return pickle.load(self.file)


@contextmanager
def open_drawer() -> Iterator[Drawer]:
    """A drawer among the system's temporary files, without a name there, and gone when it is closed."""
    with TemporaryFile() as file:
        yield Drawer(file)
