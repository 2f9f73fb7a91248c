"""How a stay is worded on every screen that shows one."""

from __future__ import annotations

from kiosk.models.say import Count, Day, Moment


def room_line(stay, tr) -> str:
    """豪华大床房 1206, or only the type while no room is locked."""
    return tr("stay.room", type=stay.room_type, room=stay.room) if stay.room else tr(stay.room_type)


def nights(stay, tr) -> str:
    """2 晚."""
    return tr("stay.nights", n=Count(stay.nights))


def dates(stay, tr) -> str:
    """11月22日 周日 – 11月24日 周二."""
    return tr("stay.range", first=Day(stay.arrival), last=Day(stay.departure))


def breakfast(stay, tr, short=False) -> str:
    """2 份，07:00–10:00，2 楼餐厅; without the place where room is short."""
    if not stay.breakfasts:
        return tr("stay.breakfast.none")
    count = tr("stay.breakfast.count", n=Count(stay.breakfasts))
    if short:
        return tr("stay.breakfast.short", count=count, hours=stay.breakfast_hours)
    return tr("stay.breakfast.value", count=count, hours=stay.breakfast_hours, place=stay.breakfast_place)


def floor_and_way(stay, tr) -> str:
    """12 层，出电梯左转."""
    if not stay.floor:
        return ""
    if stay.way is None:
        return tr("checked_in.floor", floor=stay.floor)
    return tr("checked_in.way", floor=stay.floor, way=stay.way)


def leave_by(stay, tr) -> str:
    """11月24日 周二 12:00 前."""
    if stay.check_out_by is None:
        return tr("stay.until", day=Day(stay.departure))
    return tr("checked_in.until.value", day=Day(stay.departure), time=Moment(stay.check_out_by))
