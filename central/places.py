"""Places in terminals' journals: gap-free, one operation each; two at one place are a cloned or rolled-back card."""

from __future__ import annotations

from central.ledger.interface import Books


def note(books: Books, terminal: str, journal: str, seq: int, id_: str, at: int) -> None:
    """Note whose place it is. Evidence of a clone raises an alarm and quarantines; the operation itself goes on."""
    claim(books, terminal, journal, id_, at)
    if not books.note_place(terminal, journal, seq, id_, at):
        detail = f"place {journal}/{seq} under a second id"
        books.alarm("journal_cloned", terminal, id_, detail, at)
        books.quarantine(terminal, journal, detail, at)
    lift_quarantine(books, terminal, journal)


def claim(books: Books, terminal: str, journal: str, op: str, at: int) -> bool:
    """Is the journal this terminal's? It is whose it was first; the newcomer is the evidence, and told of once."""
    new, newcomer = books.begin_journal(terminal, journal, at)
    if newcomer:
        detail = f"journal {journal} of another terminal"
        if new:
            books.alarm("journal_cloned", terminal, op, detail, at)
        books.quarantine(terminal, journal, detail, at)
    return not newcomer


def skip(books: Books, terminal: str, journal: str, seq: int, at: int) -> None:
    """A place whose row will never be sent: noted unless an operation stands there."""
    books.note_place(terminal, journal, seq, "", at)


def lift_quarantine(books: Books, terminal: str, journal: str) -> None:
    """It ends when a supervisor has confirmed it and the terminal comes with a new journal."""
    held = books.quarantined(terminal)
    if held is not None and held[1] is not None and held[0] != journal:
        books.end_quarantine(terminal)
