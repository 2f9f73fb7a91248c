"""Check-out: the bill is taken from the deposit, the rest is free again."""

from __future__ import annotations

from kiosk.desk import Desk
from kiosk.errors import notice, refused
from kiosk.flows.lobby.find_booking import slots, what_it_is
from kiosk.flows.shared.identity import Guest, present
from kiosk.flows.shared.pages import not_known, tell, tell_refused, tell_unreachable
from kiosk.flows.shared.views import bill_lines, folio_view
from kiosk.models.lobby import CheckedOut, CheckOutBill, FindStay, Working
from kiosk.models.say import Say, say
from kiosk.models.screen import Presented, Pressed, ReaderTrouble, Scanned
from kiosk.models.slips import CheckOutSlip
from mqtt.messages.outcome import Refused, Reply, Unknown
from mqtt.messages.stay import FOLIO_GET, STAY_CHECK_OUT, CheckedOutAnswer, Folio, FolioGet, StayCheckOut

FIND = ("check_out", 0)
BILL = ("check_out", 1)
DONE = ("check_out", 2)


async def check_out(desk: Desk, first: Scanned | Presented | Guest | None = None) -> None:
    """A guest leaves: charges captured from the deposit, the rest released (BK-17, SV-24)."""
    by = await _who(desk, first)
    while by is not None:
        desk.working(Working(say("o.finding.title"), on=FIND, picture="search"))
        outcome = await desk.ask(FOLIO_GET, by)
        if isinstance(outcome, Reply):
            again = await _settle(desk, outcome.body)
        elif isinstance(outcome, Unknown):
            again = await tell_unreachable(desk, outcome, FIND)
        else:
            again = await tell_refused(desk, outcome, FIND)
        if again == "other_way":
            by = await _who(desk, None)
        elif again not in ("see_bill", "retry"):
            return


async def _who(desk: Desk, first: Scanned | Presented | Guest | None) -> FolioGet | None:
    """Whose stay: by the code on the slip, or by a document that central sees once."""
    wanted = first
    hint: Say | None = None
    while True:
        if isinstance(wanted, Guest):
            return FolioGet(medium="identity", token=wanted.identity)
        if isinstance(wanted, Scanned) and wanted.kind == "slip":
            return FolioGet(medium="slip", token=wanted.token)
        if isinstance(wanted, Scanned):
            hint = what_it_is(wanted)
        if isinstance(wanted, Presented):
            seen = await present(desk, wanted.document)
            if isinstance(seen, Reply):
                return FolioGet(medium="identity", token=seen.body.identity)
            pressed = await (
                tell_refused(desk, seen, FIND) if isinstance(seen, Refused) else tell_unreachable(desk, seen, FIND)
            )
            if pressed not in ("retry", "other_id", "other_way"):
                return None
        answer = await desk.show(FindStay(hint, slots(desk)))
        if isinstance(answer, Pressed):
            return None
        if isinstance(answer, ReaderTrouble):
            hint, wanted = say(f"{answer.code}.body"), None
        elif isinstance(answer, Scanned | Presented):
            hint, wanted = None, answer


async def _settle(desk: Desk, folio: Folio) -> str:
    """The bill, the guest's yes, the books. Answers what to do next: see_bill again, or nothing."""
    if folio.from_deposit < folio.due:
        return await tell(desk, notice("o.over", on=BILL))
    answer = await desk.show(CheckOutBill(
        stay=folio_view(folio), lines=bill_lines(folio), total=folio.total, paid=folio.paid, due=folio.due,
        deposit=folio.deposit, from_deposit=folio.from_deposit, released=folio.released,
    ))  # fmt: skip
    if isinstance(answer, Pressed) and answer.action == "dispute":
        await tell(desk, notice("o.dispute", on=BILL))
    if not isinstance(answer, Pressed) or answer.action != "agree":
        return ""
    desk.working(Working(say("o.wait.title"), say("o.wait.body"), on=BILL, picture="receipt"))
    body = StayCheckOut(stay=folio.stay, version=folio.version, due=folio.due)
    outcome = await desk.request(
        STAY_CHECK_OUT, body, asking=Working(say("o.asking.title"), say("o.asking.body"), on=BILL, picture="receipt")
    )
    if isinstance(outcome, Refused):
        return await tell(desk, refused(outcome.code, on=BILL))
    if isinstance(outcome, Unknown):
        return await tell(desk, not_known(desk, outcome, "o.unknown", BILL))
    await _goodbye(desk, folio, outcome.id, outcome.body)
    return ""


async def _goodbye(desk: Desk, folio: Folio, operation: str, done: CheckedOutAnswer) -> None:
    available = sum(b.posted - b.held for b in done.balances if b.ledger in ("CNY", "BONUS"))
    charged = sum(p.amount for p in done.posted)
    await desk.keep_slip(operation, CheckOutSlip(
        stay=folio_view(folio), lines=bill_lines(folio), due=folio.due, from_deposit=charged, released=done.released,
        available=available,
    ))  # fmt: skip
    printed = await desk.print_slip(operation)
    await desk.show(CheckedOut(
        stay=folio_view(folio), charged=charged, released=done.released, available=available, slip=printed,
        number=desk.number(operation), total=folio.total, paid=folio.paid,
    ))  # fmt: skip
