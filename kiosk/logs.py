"""Logs for whoever looks after 2,000 boards: one line an event, facts by name, nothing of a guest (I16).

Journeys log ids, kinds, codes and counts. What might carry a guest is cut here once more: tracebacks name places and
never values, and a field whose name is of a person, a document or a code is not written.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_PERSONAL = frozenset({"name", "guest", "document", "token", "phone", "text", "body", "payload", "code_text"})
_LONG_DIGITS = re.compile(r"\d{11,}[\dXx]?")
_OURS = re.compile(r"YK1[A-Z][0-9A-Z $%*+\-./:]{8,}")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cut what is of a person: fields by name, long digit strings and codes by shape."""
    for key, value in event.items():
        if key in _PERSONAL:
            event[key] = "-"
        elif isinstance(value, str):
            event[key] = _OURS.sub("YK1-", _LONG_DIGITS.sub("#", value))
    return event


def configure(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Everything through one processor chain to `stream`, which journald keeps."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )  # fmt: skip
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    ))  # fmt: skip
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
