"""The signed codes that central gives out: on a guest's phone, on slips, on coupons. Their key signs nothing else."""

from __future__ import annotations

from central.keys import Keys
from mqtt.codes import make


def booking_code(keys: Keys, property_: str, booking: str, expires_s: int) -> str:
    """A booking and when the code ends, in seconds since 1970: what a guest's phone shows (B)."""
    return make("B", {"b": booking, "p": property_, "exp": expires_s}, keys.codes)


def slip_code(keys: Keys, property_: str, stay: str) -> str:
    """What stands on a check-in slip and opens check-out (R)."""
    return make("R", {"s": stay, "p": property_}, keys.codes)


def sn_code(keys: Keys, sn: str) -> str:
    """A coupon's serial number (S)."""
    return make("S", {"sn": sn}, keys.codes)
