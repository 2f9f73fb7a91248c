"""What a fault means and what to try, in words for the person who stands before the device."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hw.device import Fault

ADVICE: Mapping[Fault, str] = MappingProxyType(
    {
        Fault.ABSENT: "Nothing is there. Check the cable, the power and the port's name (ls /dev/serial/by-id, ping).",
        Fault.PERMISSION: "It is there, and may not be opened. Add the user to the group that owns the port.",
        Fault.BUSY: "Another program holds it. Stop that program; keep ModemManager and brltty away from the port.",
        Fault.WRONG_DEVICE: "Something else answers. Compare port, driver and baud rate with what is plugged in.",
        Fault.UNPLUGGED: "It went away while open. Check the cable and the USB hub's power supply.",
        Fault.MUTE: "It is open and does not answer. Check its power, its baud rate and its mode.",
        Fault.GARBLED: "It answers, and not as it should. Check baud rate, cable length and shielding.",
        Fault.CRASHED: "A process of the driver died. It starts again by itself; if it keeps dying, read the log.",
        Fault.NOT_INSTALLED: "The driver needs an optional package. docs/hardware.md names it and how to install it.",
        Fault.BAD_OPTION: "The line in the terminal's file is wrong. See docs/hardware.md for the driver's options.",
        Fault.UNKNOWN_DRIVER: "There is no such driver. `python -m hw list` shows all of them.",
        Fault.BAD_REQUEST: "What was asked cannot be done by this device.",
        Fault.REFUSED: "The device declined. Its own display or manual may say why.",
        Fault.BATTERY_LOW: "Put the terminal on its charger.",
        Fault.OVERHEATED: "It is too hot. Clear its vents, take it out of the sun.",
        Fault.UNDER_VOLTAGE: "Its supply is too weak. Use the supply that belongs to it, and a short cable.",
        Fault.TAMPERED: "The case is open. Close it; find out who opened it.",
        Fault.PAPER_OUT: "Put in a new roll.",
        Fault.PAPER_LOW: "The roll is nearly used up. Have a new one ready.",
        Fault.COVER_OPEN: "Close the cover until it clicks.",
        Fault.CUTTER: "Switch it off, open the cover, clear the blade, switch it on.",
        Fault.HEAD_HOT: "Let it cool for a minute; it goes on by itself.",
        Fault.PRINTER_ERROR: "Switch it off and on. If that does not help it needs service.",
        Fault.OFFLINE: "It is off line. Press its ONLINE or FEED key once.",
        Fault.READ_FAILED: "Take the card out of its sleeve and lay it flat in the middle until the beep.",
        Fault.CARD_REJECTED: "The reader does not accept the card. Try another card; if that fails too: service.",
        Fault.BAD_DOCUMENT: "The card's data contradict the standard. Check the document by eye.",
        Fault.SELF_TEST: "The reader's security module failed its own test. Unplug it for ten seconds; then service.",
        Fault.NOT_AUTHORISED: "The reader's security module is not authorised. It needs its vendor.",
        Fault.PAYMENT_CARD: "A bank card does not belong here. Ask for the member's card; pay at the payment terminal.",
        Fault.CARD_JAM: "Open the dispenser, take the stuck card out, close it.",
        Fault.STOCK_LOW: "The stack of blank cards is nearly used up. Have new ones ready.",
        Fault.STOCK_OUT: "Put blank cards into the stack.",
        Fault.BIN_FULL: "Empty the bin for captured cards.",
        Fault.NO_CARD: "Put a blank card on the encoder.",
        Fault.CARD_FORMAT: "The blank is of the wrong kind or worn. Take another one.",
        Fault.STAFF_CARD: "A staff card lies on the encoder. Take it away.",
        Fault.UNKNOWN_ROOM: "The lock system does not know the room. Compare the room's name in both systems.",
        Fault.ROOM_CHECKED_OUT: "The lock system holds the room as checked out. A copy needs a checked-in room.",
        Fault.OTHER_KEY: "The card on the encoder is not the one that was cut. Put the right one back.",
        Fault.ENCODER_SILENT: "The lock system cannot reach its encoder. Check the encoder's power and network.",
        Fault.OUT_OF_SERVICE: "The lock system is out of service. Ask its operator.",
    }
)
