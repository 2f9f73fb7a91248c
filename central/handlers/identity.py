"""Who is standing there: a document shown once, a member found by what he carries."""

from __future__ import annotations

from datetime import date
from functools import partial

from central.context import Context, Handler
from central.coupons import held_coupons
from central.house import HousePms
from central.member_code import read_code
from central.members import Member, balances, member_by_document, member_by_id, member_by_token
from central.people import ADULT_YEARS, NONCE, birth_in, masked, plain, same_name, valid_resident_id
from central.pms import Booked
from central.refuse import Refuse, malformed
from central.visits import IDENTITY, MEMBER, Identity, give_handle, identity_of
from membership.hotel_time import age_on
from mqtt.messages.identity import IdDocument, IdentityPresent, IdentitySeen, MemberFound, MemberIdentify


def present(ctx: Context, body: IdentityPresent) -> IdentitySeen:
    """Remember the document (hashed and sealed), compare it with the booking, give a handle for it."""
    document = body.document
    if document.kind == "resident_id" and not valid_resident_id(document.number):
        raise malformed("$.body.document.number")
    if document.valid_to is not None and date.fromisoformat(document.valid_to) < ctx.today:
        raise Refuse("identity_expired")
    adult = _is_adult(document, ctx.today)
    seen = _remember(ctx, document)
    booked = HousePms(ctx.tx).booking(ctx.hotel.id, body.booking) if body.booking else None
    match = "unknown" if booked is None else "yes" if is_guest(booked, seen) else "no"
    return IdentitySeen(
        identity=give_handle(ctx, IDENTITY, seen.fingerprint, seen), match=match, adult=adult,  # type: ignore[arg-type]
        name_masked=masked(document.name or document.name_latin),
    )  # fmt: skip


def is_guest(booked: Booked, seen: Identity) -> bool:
    """Is this the booking's guest? The number decides where it is known, and the name must be the booked one."""
    if booked.document is not None and booked.document != seen.fingerprint:
        return False
    return is_named(booked, seen)


def _is_adult(document: IdDocument, today: date) -> bool:
    """By the birth date at the hotel's date; a document that tells none proves nothing."""
    born = date.fromisoformat(document.birth) if document.birth else None
    if document.kind == "resident_id":
        born = birth_in(document.number)
    if born is None or born > today:
        raise malformed("$.body.document.birth")
    return age_on(today, born) >= ADULT_YEARS


def _remember(ctx: Context, document: IdDocument) -> Identity:
    vault = ctx.vault
    fingerprint = vault.fingerprint(document.kind, document.number)
    birth = document.birth
    if document.kind == "resident_id" and (born := birth_in(document.number)):
        birth = born.isoformat()
    ctx.tx.run(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO UPDATE SET"
        " shown_at = excluded.shown_at",
        fingerprint, document.kind, vault.seal(plain(document.number).upper(), ctx.chance.randbytes(NONCE)),
        document.name, document.name_latin, birth, document.valid_to, document.nationality, ctx.at,
    )  # fmt: skip
    return Identity(fingerprint, document.kind, document.name, document.name_latin, birth, document.valid_to)


def identify(ctx: Context, body: MemberIdentify) -> MemberFound:
    """The member behind a code or a presented document. Unknown media find nobody."""
    if body.medium == "identity":
        member = named_member(ctx, identity_of(ctx, body.token))
    elif body.medium == "qr":
        member = _by_code(ctx, body.token)
    elif body.medium == "phone":
        raise Refuse("second_factor_required")
    else:
        raise Refuse("member_unknown")
    if member is None:
        raise Refuse("member_unknown")
    if member.blocked:
        keep = partial(_spend, ctx, body.token, member) if body.medium == "qr" else None
        raise Refuse("member_blocked", keep=keep)
    return MemberFound(
        member=give_handle(ctx, MEMBER, member.id), name_masked=masked(member.name), tier=member.tier_wording,
        balances=balances(ctx, f"member:{member.id}"), coupons=held_coupons(ctx, member.id),
    )  # fmt: skip


def named_member(ctx: Context, seen: Identity) -> Member | None:
    """The member whose document it is. Raises member_unknown, with an alarm, if the name on it is not his."""
    member = member_by_document(ctx.tx, seen.fingerprint)
    if member is not None and not is_named(member, seen):
        raise Refuse("member_unknown", alarm=("name_of_another", f"document of member {member.id}"))
    return member


def is_named(someone: Member | Booked, seen: Identity) -> bool:
    """Does the document that was shown bear his name, in either script?"""
    name = someone.guest if isinstance(someone, Booked) else someone.name
    return same_name(name, seen.name, seen.latin) or same_name(someone.latin, seen.name, seen.latin)


def _by_code(ctx: Context, text: str) -> Member | None:
    """A code is spent on a visit: shown again in it within 30 s it answers again, anywhere else it is worth nothing."""
    content = read_code(ctx.vault, text, ctx.at)
    used = ctx.tx.one("SELECT terminal, visit, subject, at FROM used_codes WHERE code = ?", text)
    if used is not None:
        same_visit = (used[0], used[1]) == (ctx.scope, ctx.request.visit or "")
        if not same_visit or ctx.at - used[3] > ctx.policy.code_again_ms:
            raise Refuse("not_identified")
        return member_by_id(ctx.tx, used[2])
    if content == "forged":
        raise Refuse("code_forged")
    if content == "expired":
        raise Refuse("code_expired")
    assert not isinstance(content, str)
    member = member_by_token(ctx.tx, content.m)
    if member is not None:
        _spend(ctx, text, member)
    return member


def _spend(ctx: Context, code: str, member: Member) -> None:
    ctx.tx.run(
        "INSERT INTO used_codes VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        code, ctx.scope, ctx.request.visit or "", member.id, ctx.at,
    )  # fmt: skip


HANDLERS: dict[str, Handler] = {"identity.present": present, "member.identify": identify}
