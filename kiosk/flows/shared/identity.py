"""Guests show a document; central says who they are to it. The document itself goes no further than this."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.desk import Desk
from kiosk.errors import notice
from kiosk.flows.shared.pages import tell, tell_refused, tell_unreachable
from kiosk.models.document import Document
from kiosk.models.lobby import VerifyId, Working
from kiosk.models.say import Say, say
from kiosk.models.screen import Presented, ReaderTrouble
from mqtt.messages.identity import IDENTITY_PRESENT, IdDocument, IdentityPresent, IdentitySeen
from mqtt.messages.outcome import Outcome, Refused, Reply

STEP = ("check_in", 1)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody whom central has seen a document of. `identity` is its handle, bound to this visit."""

    identity: str
    name_masked: str


async def present(desk: Desk, document: Document, booking: str | None = None) -> Outcome[IdentitySeen]:
    """Show a document to central. Names are compared there, never here."""
    desk.working(Working(say("i.checking.title"), on=STEP, picture="search"))
    body = IdentityPresent(document=_on_the_wire(document), booking=booking)
    return await desk.ask(IDENTITY_PRESENT, body)


async def verify_guests(desk: Desk, booking: str, adults: int, known: tuple[Guest, ...]) -> tuple[Guest, ...] | None:
    """Every adult shows a document; the first one's name must be the booking's. None: the journey ends here."""
    guests = known
    while len(guests) < adults:
        guest = await _verify(desk, booking if not guests else None, len(guests) + 1, adults)
        if guest is None:
            return None
        guests = (*guests, guest)
    return guests


async def _verify(desk: Desk, booking: str | None, nth: int, of: int) -> Guest | None:
    hint: Say | None = None
    tries = 0
    while tries < desk.settings.number("identity.tries"):
        answer = await desk.show(VerifyId(nth, of, hint))
        if isinstance(answer, ReaderTrouble):
            hint = say(f"{answer.code}.body")
            continue
        if not isinstance(answer, Presented):
            return None
        outcome = await present(desk, answer.document, booking)
        if not isinstance(outcome, Reply):
            pressed = await _no_answer(desk, outcome)
            if pressed not in ("retry", "other_id"):
                return None
            tries += 1
            continue
        seen = outcome.body
        if not seen.adult:
            await tell(desk, notice("i.minor", on=STEP))
            return None
        if booking is None or seen.match == "yes":
            return Guest(seen.identity, seen.name_masked)
        if seen.match == "unknown":
            await tell(desk, notice("i.review", on=STEP))
            return None
        tries += 1
        last = tries == desk.settings.number("identity.tries")
        if not last and await tell(desk, notice("i.mismatch", on=STEP)) != "other_id":
            return None
    await tell(desk, notice("i.tries", on=STEP))
    return None


async def _no_answer(desk: Desk, outcome: Outcome[IdentitySeen]) -> str:
    if isinstance(outcome, Refused):
        return await tell_refused(desk, outcome, STEP)
    assert not isinstance(outcome, Reply)
    return await tell_unreachable(desk, outcome, STEP)


def _on_the_wire(document: Document) -> IdDocument:
    kinds = {"resident_id", "residence_permit", "foreigner_id", "passport"}
    assert document.kind in kinds
    return IdDocument(
        kind=document.kind,  # type: ignore[arg-type]
        name=document.name, number=document.number, name_latin=document.name_latin, nationality=document.nationality,
        birth=document.birth.isoformat() if document.birth else None,
        valid_to=document.valid_to.isoformat() if document.valid_to else None,
    )  # fmt: skip
