"""The columns of a worklist that a reviewer fills in, and the hidden ones that say what a row is about."""

from __future__ import annotations

DECISION, WHO, WHEN, WHY, UNTIL = "Decision", "Who", "When", "Why", "Until"
FILLED_IN = (DECISION, WHO, WHEN, WHY, UNTIL)

KEY_RUN, KEY_EPISODE, KEY_FINDING, KEY_PARAGRAPH = "Key: run", "Key: episode", "Key: finding", "Key: paragraph"
KEYS = (KEY_RUN, KEY_EPISODE, KEY_FINDING, KEY_PARAGRAPH)
