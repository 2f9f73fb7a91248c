"""Members and what they have: opened, credited, looked up. Commands of central, used by furnishing and by hand."""

from __future__ import annotations

from dataclasses import dataclass

from central.context import Context
from central.ledger.interface import Posting, Tx
from membership.preset import Tier
from mqtt.messages.values import LedgerBalance, Wording

TIER_NAMES = {
    Tier.REGISTERED: ("注册会员", "Member"), Tier.IRON: ("铁牌会员", "Iron"), Tier.BRONZE: ("铜牌会员", "Bronze"),
    Tier.SILVER: ("银牌会员", "Silver"), Tier.GOLD: ("金牌会员", "Gold"), Tier.ONE_DIAMOND: ("一钻会员", "One diamond"),
    Tier.TWO_DIAMOND: ("双钻会员", "Two diamonds"), Tier.THREE_DIAMOND: ("三钻会员", "Three diamonds"),
    Tier.FOUR_DIAMOND: ("四钻会员", "Four diamonds"), Tier.FIVE_DIAMOND: ("五钻会员", "Five diamonds"),
}  # fmt: skip
_MEMBER = "id, name, latin, tier, phone_tail, document, code_token, blocked, joined"


@dataclass(frozen=True, slots=True)
class Member:
    """A member. `document` is the keyed hash of the identity document, `code_token` what the phone's code names."""

    id: str
    name: str
    latin: str
    tier: str
    phone_tail: str
    document: str | None
    code_token: str
    blocked: bool
    joined: str

    @property
    def tier_wording(self) -> Wording:
        """The tier in both languages."""
        zh, en = TIER_NAMES[Tier[self.tier]]
        return Wording(zh=zh, en=en)


def open_member(tx: Tx, member: Member) -> None:
    """Enter a member."""
    tx.run(
        f"INSERT INTO members ({_MEMBER}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        member.id, member.name, member.latin, member.tier, member.phone_tail, member.document, member.code_token,
        int(member.blocked), member.joined,
    )  # fmt: skip


def credit(tx: Tx, job: str, member: str, ledger: str, amount: int, at: int) -> None:
    """Give a member value for which head office answers: an entry of a job, never of a terminal."""
    tx.books.job(job, "credit", at)
    entry = (Posting(f"member:{member}", ledger, amount), Posting("house:issued", ledger, -amount))
    tx.books.post(job, "credit", entry, at)


def member_by_id(tx: Tx, id_: str) -> Member | None:
    """A member by number."""
    return _one(tx, "id", id_)


def member_by_document(tx: Tx, fingerprint: str) -> Member | None:
    """The member whose identity document this is."""
    return _one(tx, "document", fingerprint)


def member_by_token(tx: Tx, token: str) -> Member | None:
    """The member whose phone shows this token."""
    return _one(tx, "code_token", token)


def members(tx: Tx) -> tuple[Member, ...]:
    """All members, in order of their numbers."""
    return tuple(_member(row) for row in tx.rows(f"SELECT {_MEMBER} FROM members ORDER BY id"))


def balances(ctx: Context, account: str) -> tuple[LedgerBalance, ...]:
    """What an account has, as the contract shows it."""
    return tuple(
        LedgerBalance(ledger=ledger, posted=posted, held=held)
        for ledger, posted, held in ctx.books.balances(account, ctx.at)
    )


def _one(tx: Tx, column: str, value: str) -> Member | None:
    row = tx.one(f"SELECT {_MEMBER} FROM members WHERE {column} = ?", value)
    return _member(row) if row else None


def _member(row: tuple[object, ...]) -> Member:
    id_, name, latin, tier, tail, document, token, blocked, joined = row
    return Member(
        str(id_), str(name), str(latin), str(tier), str(tail), str(document) if document else None, str(token),
        bool(blocked), str(joined),
    )  # fmt: skip
