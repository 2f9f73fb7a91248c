"""The demo's property management system, on the same store as the books, so that both move in one transaction."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date

from central.ledger.interface import Tx
from central.pms import Booked, Line, Room, Stay

_BOOKING = (
    "id, property, no, guest, latin, document, member, type, room, arrival, departure, adults, breakfasts, rate,"
    " prepaid, due_before, deposit, state"
)
_ROOM = "number, type, floor, way_zh, way_en, state, ready_at"
_STAY = (
    "id, property, booking, room, terminal, op, member, deposit, state, locked_until, hold, shortfall, checked_in_by,"
    " checked_out_by"
)


class HousePms:
    """See `central.pms.Pms`. Works inside the caller's transaction."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    # bookings

    def add_booking(self, booked: Booked) -> None:
        """Enter a booking."""
        self._tx.run(
            f"INSERT INTO bookings ({_BOOKING}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *astuple(booked),
        )

    def booking(self, property_: str, id_: str) -> Booked | None:
        row = self._tx.one(f"SELECT {_BOOKING} FROM bookings WHERE property = ? AND id = ?", property_, id_)
        return Booked(*row) if row else None

    def booking_by_no(self, no: str) -> Booked | None:
        """The booking with the number that people read."""
        row = self._tx.one(f"SELECT {_BOOKING} FROM bookings WHERE no = ?", no)
        return Booked(*row) if row else None

    def bookings(self, property_: str) -> tuple[Booked, ...]:
        """All of a hotel, in order of arrival."""
        rows = self._tx.rows(f"SELECT {_BOOKING} FROM bookings WHERE property = ? ORDER BY arrival, no", property_)
        return tuple(Booked(*row) for row in rows)

    def bookings_of_document(self, property_: str, fingerprint: str) -> tuple[Booked, ...]:
        rows = self._tx.rows(
            f"SELECT {_BOOKING} FROM bookings WHERE property = ? AND (document = ?"
            " OR (document IS NULL AND member IN (SELECT id FROM members WHERE document = ?))) ORDER BY arrival, no",
            property_, fingerprint, fingerprint,
        )  # fmt: skip
        return tuple(Booked(*row) for row in rows)

    # rooms

    def type_names(self, property_: str, type_: str) -> tuple[str, str]:
        row = self._tx.one("SELECT zh, en FROM room_types WHERE property = ? AND id = ?", property_, type_)
        return (row[0], row[1]) if row else (type_, type_)

    def room(self, property_: str, number: str) -> Room:
        return Room(*self._tx.rows(
            f"SELECT {_ROOM} FROM rooms WHERE property = ? AND number = ?", property_, number
        )[0])  # fmt: skip

    def room_for(self, booked: Booked, now: int) -> Room | None:
        row = self._tx.one(
            f"SELECT {_ROOM} FROM rooms r WHERE property = ? AND type = ? AND (? IS NULL OR number = ?)"
            " AND state = 'clean' AND NOT EXISTS (SELECT 1 FROM stays s WHERE s.property = r.property"
            " AND s.room = r.number AND (s.state = 'in_house' OR (s.state = 'prepared' AND s.locked_until > ?"
            " AND s.booking <> ?)))"
            " AND (? IS NOT NULL OR NOT EXISTS (SELECT 1 FROM bookings b WHERE b.property = r.property"
            " AND b.room = r.number AND b.state = 'booked' AND b.arrival <= ?))"
            " ORDER BY number LIMIT 1",
            booked.property, booked.type, booked.room, booked.room, now, booked.id, booked.room, booked.arrival,
        )  # fmt: skip
        return Room(*row) if row else None

    def ready_at(self, booked: Booked) -> int | None:
        row = self._tx.one(
            "SELECT MIN(ready_at) FROM rooms WHERE property = ? AND type = ? AND (? IS NULL OR number = ?)"
            " AND state = 'dirty'",
            booked.property, booked.type, booked.room, booked.room,
        )  # fmt: skip
        return row[0] if row else None

    def set_room(self, property_: str, number: str, state: str, ready_at: int | None) -> int:
        """What housekeeping says of a room. Returns how many rooms that was."""
        return self._tx.run(
            "UPDATE rooms SET state = ?, ready_at = ? WHERE property = ? AND number = ? AND state <> 'occupied'",
            state, ready_at, property_, number,
        )  # fmt: skip

    # stays

    def prepare(self, stay: Stay, guests: tuple[str, ...]) -> None:
        self._tx.run(
            f"INSERT INTO stays ({_STAY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *astuple(stay)
        )
        for n, fingerprint in enumerate(guests, 1):
            self._tx.run("INSERT INTO stay_guests VALUES (?, ?, ?)", stay.id, n, fingerprint)

    def lock_of(self, booking: str, now: int) -> Stay | None:
        return self._stay("booking = ? AND state = 'prepared' AND locked_until > ?", booking, now)

    def stay(self, property_: str, id_: str) -> Stay | None:
        return self._stay("property = ? AND id = ?", property_, id_)

    def stay_by_op(self, op: str) -> Stay | None:
        return self._stay("op = ?", op)

    def stay_of_booking(self, booking: str) -> Stay | None:
        """The stay that a booking became."""
        return self._stay("booking = ? AND state IN ('in_house', 'out') ORDER BY checked_in_at DESC", booking)

    def stay_in_room(self, property_: str, room: str) -> Stay | None:
        """Who is in the room."""
        return self._stay("property = ? AND room = ? AND state = 'in_house'", property_, room)

    def stay_of_document(self, property_: str, fingerprint: str) -> Stay | None:
        return self._stay(
            "property = ? AND state IN ('in_house', 'out') AND id IN (SELECT stay FROM stay_guests WHERE document = ?)"
            " ORDER BY state = 'out', checked_in_at DESC",
            property_, fingerprint,
        )  # fmt: skip

    def _stay(self, where: str, *values: str | int) -> Stay | None:
        row = self._tx.one(f"SELECT {_STAY} FROM stays WHERE {where} LIMIT 1", *values)
        return Stay(*row) if row else None

    def give_back(self, stay: Stay) -> None:
        self._tx.run("UPDATE stays SET state = 'given_back', locked_until = 0 WHERE id = ?", stay.id)

    def room_is_free_for(self, stay: Stay, now: int) -> bool:
        taken = self._tx.one(
            "SELECT 1 FROM stays WHERE property = ? AND room = ? AND id <> ?"
            " AND (state = 'in_house' OR (state = 'prepared' AND locked_until > ?))",
            stay.property, stay.room, stay.id, now,
        )  # fmt: skip
        return taken is None and self.stay_of_booking(stay.booking) is None

    def check_in(
        self, stay: Stay, *, hold: str | None, shortfall: int, op: str, now: int, keys: tuple[tuple[str, bool], ...]
    ) -> None:
        self._tx.run(
            "UPDATE stays SET state = 'in_house', hold = ?, shortfall = ?, checked_in_by = ?, checked_in_at = ?"
            " WHERE id = ?",
            hold, shortfall, op, now, stay.id,
        )  # fmt: skip
        self._tx.run("UPDATE bookings SET state = 'checked_in' WHERE id = ?", stay.booking)
        self._tx.run("UPDATE rooms SET state = 'occupied' WHERE property = ? AND number = ?", stay.property, stay.room)
        for n, (serial, copy) in enumerate(keys, 1):
            self._tx.run("INSERT INTO stay_keys VALUES (?, ?, ?, ?)", stay.id, n, serial, int(copy))
        booked = self.booking(stay.property, stay.booking)
        assert booked is not None
        nights = nights_of(booked)
        self.add_line(stay, Line("房费", "Room", nights, booked.rate), now)
        if booked.prepaid:
            self.add_line(stay, Line("已付", "Paid", 1, -booked.prepaid), now)

    def folio(self, stay: Stay) -> tuple[Line, ...]:
        rows = self._tx.rows("SELECT zh, en, qty, amount FROM folio_lines WHERE stay = ? ORDER BY n", stay.id)
        return tuple(Line(*row) for row in rows)

    def add_line(self, stay: Stay, line: Line, now: int) -> None:
        self._tx.run(
            "INSERT INTO folio_lines SELECT ?, COALESCE(MAX(n), 0) + 1, ?, ?, ?, ?, ? FROM folio_lines WHERE stay = ?",
            stay.id, line.zh, line.en, line.qty, line.amount, now, stay.id,
        )  # fmt: skip

    def check_out(self, stay: Stay, op: str, now: int) -> None:
        self._tx.run(
            "UPDATE stays SET state = 'out', checked_out_by = ?, checked_out_at = ? WHERE id = ?", op, now, stay.id
        )
        self._tx.run("UPDATE bookings SET state = 'checked_out' WHERE id = ?", stay.booking)
        self._tx.run("UPDATE rooms SET state = 'dirty' WHERE property = ? AND number = ?", stay.property, stay.room)


def nights_of(booked: Booked) -> int:
    """Nights between arrival and departure."""
    return (date.fromisoformat(booked.departure) - date.fromisoformat(booked.arrival)).days
