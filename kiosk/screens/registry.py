"""Which page shows which model. Adding a screen is one file in its role's folder and one line here.

A page and its layout are loaded when it is first wanted, or in a quiet moment before that (`load_all`): the first
screen of a terminal does not wait for all the others.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.models import lobby
from kiosk.models.screen import Screen

Pages = Mapping[type[Screen], str]
"""Model -> `module.Class` under kiosk.screens."""

PAGES: Pages = {
    lobby.Attract: "lobby.attract.AttractPage",
    lobby.Home: "lobby.home.HomePage",
    lobby.FindBooking: "lobby.find.FindBookingPage",
    lobby.PickBooking: "lobby.pick_booking.PickBookingPage",
    lobby.VerifyId: "lobby.verify_id.VerifyIdPage",
    lobby.ConfirmStay: "lobby.confirm_stay.ConfirmStayPage",
    lobby.Working: "lobby.working.WorkingPage",
    lobby.CheckedIn: "lobby.checked_in.CheckedInPage",
    lobby.FindStay: "lobby.find.FindStayPage",
    lobby.CheckOutBill: "lobby.check_out_bill.CheckOutBillPage",
    lobby.CheckedOut: "lobby.checked_out.CheckedOutPage",
    lobby.EnterSn: "lobby.enter_sn.EnterSnPage",
    lobby.ConfirmSn: "lobby.confirm_sn.ConfirmSnPage",
    lobby.CouponUsed: "lobby.coupon_used.CouponUsedPage",
    lobby.Notice: "lobby.notice.NoticePage",
    lobby.OutOfService: "lobby.out_of_service.OutOfServicePage",
    lobby.Cleared: "lobby.cleared.ClearedPage",
}

OVERLAYS: Pages = {
    lobby.StillThere: "lobby.still_there.StillThereDialog",
    lobby.CallStaff: "lobby.call_staff.CallStaffDialog",
}


def page_class(model: type[Screen]) -> type[Any]:
    """The class that shows `model`, its layout loaded. Raises KeyError for a model that the lists lack."""
    place = PAGES[model] if model in PAGES else OVERLAYS[model]
    module, name = place.rsplit(".", 1)
    found: type[Any] = getattr(importlib.import_module(f"kiosk.screens.{module}"), name)
    return found


def load_all() -> Iterator[type[Any]]:
    """Load what has not been wanted yet, one a step."""
    for model in (*PAGES, *OVERLAYS):
        yield page_class(model)
