"""Which page shows which model. Adding a screen is one file in its role's folder and one line here."""

from __future__ import annotations

from kiosk.models import lobby
from kiosk.screens.lobby.attract import AttractPage
from kiosk.screens.lobby.call_staff import CallStaffDialog
from kiosk.screens.lobby.check_out_bill import CheckOutBillPage
from kiosk.screens.lobby.checked_in import CheckedInPage
from kiosk.screens.lobby.checked_out import CheckedOutPage
from kiosk.screens.lobby.cleared import ClearedPage
from kiosk.screens.lobby.confirm_sn import ConfirmSnPage
from kiosk.screens.lobby.confirm_stay import ConfirmStayPage
from kiosk.screens.lobby.coupon_used import CouponUsedPage
from kiosk.screens.lobby.enter_sn import EnterSnPage
from kiosk.screens.lobby.find import FindBookingPage, FindStayPage
from kiosk.screens.lobby.home import HomePage
from kiosk.screens.lobby.notice import NoticePage
from kiosk.screens.lobby.out_of_service import OutOfServicePage
from kiosk.screens.lobby.pick_booking import PickBookingPage
from kiosk.screens.lobby.still_there import StillThereDialog
from kiosk.screens.lobby.verify_id import VerifyIdPage
from kiosk.screens.lobby.working import WorkingPage

PAGES = {
    lobby.Attract: AttractPage,
    lobby.Home: HomePage,
    lobby.FindBooking: FindBookingPage,
    lobby.PickBooking: PickBookingPage,
    lobby.VerifyId: VerifyIdPage,
    lobby.ConfirmStay: ConfirmStayPage,
    lobby.Working: WorkingPage,
    lobby.CheckedIn: CheckedInPage,
    lobby.FindStay: FindStayPage,
    lobby.CheckOutBill: CheckOutBillPage,
    lobby.CheckedOut: CheckedOutPage,
    lobby.EnterSn: EnterSnPage,
    lobby.ConfirmSn: ConfirmSnPage,
    lobby.CouponUsed: CouponUsedPage,
    lobby.Notice: NoticePage,
    lobby.OutOfService: OutOfServicePage,
    lobby.Cleared: ClearedPage,
}

OVERLAYS = {
    lobby.StillThere: StillThereDialog,
    lobby.CallStaff: CallStaffDialog,
}
