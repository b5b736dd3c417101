"""What an episode may be called, since files and links are named for it."""

from __future__ import annotations

import re

EPISODE_NAME = re.compile(r"E[A-Za-z0-9]{1,40}")
