"""Logs for whoever looks after 2,000 boards: one line of JSON an event, nothing of a guest (I16).

Journeys log ids, kinds, codes and counts. What might carry a guest is cut here once more, whoever wrote it: tracebacks
name places and never values or messages, long digit strings and codes of ours are cut by their shape.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

_LONG_DIGITS = re.compile(r"\d{11,}[\dXx]?")
_OURS = re.compile(r"YK1[A-Z][0-9A-Z $%*+\-./:]{8,}")
_NAMES = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")


def redact(text: str) -> str:
    """Cut what may be of a person: digits as long as a phone or document number, codes of ours, Chinese words (names;
    our own events have none)."""
    return _NAMES.sub("-", _OURS.sub("YK1-", _LONG_DIGITS.sub("#", text)))


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # asyncio quotes the call that failed, arguments and all
            "event": "callback.failed" if record.name == "asyncio" else redact(record.getMessage()),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["where"] = " < ".join(
                f"{frame.name}:{frame.lineno}" for frame in reversed(traceback.extract_tb(error.__traceback__)[-8:])
            )
        return json.dumps(line, ensure_ascii=False)


def configure(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Everything to `stream`, which journald keeps. Libraries are heard from warnings on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for library in ("kivy", "asyncio", "PIL"):
        logging.getLogger(library).setLevel(logging.WARNING)
