"""What a probe can find, by kind and name, in words for the person who stands before the device, and what to try.

A finding's name is `kind.name`, stable, so that a phone call to the help desk can be about it. Most are faults
(`hw.device.Fault`); where a kind has better advice than the fault in general, it stands here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hw.advice import ADVICE
from hw.device import Fault

_PORT = ("absent", "permission", "wrong_device", "unplugged", "bad_option", "unstable_name")
_FROM_ADVICE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "scanner": (*_PORT, "mute", "garbled"),
        "id_reader": (*_PORT, "busy", "garbled", "read_failed", "card_rejected", "bad_document", "self_test",
                      "not_authorised"),
        "printer": (*_PORT, "busy", "mute", "paper_out", "paper_low", "cover_open", "cutter", "head_hot",
                    "printer_error"),
        "key_encoder": (*_PORT, "mute", "no_card", "card_format", "other_key", "encoder_silent", "out_of_service"),
    }
)  # fmt: skip
_OWN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "scanner": MappingProxyType(
            {
                "busy": "Another program has grabbed it. Stop that program, or the desktop that uses it as a keyboard.",
                "crashed": "The camera's process died. Try another USB port; if it keeps dying, read the log.",
                "wrong_charset": "The payload is neither UTF-8 nor GB 18030. Set the scanner's output to UTF-8.",
                "nothing_read": "It works and saw no code. Hold one 10 to 20 cm before it, brightness up, no glare.",
            }
        ),
        "id_reader": MappingProxyType(
            {
                "wrong_baud": "It answers at another rate. Put that rate into the terminal's file.",
                "mute": "It is open and does not answer. Check its power; a reader in HID mode needs via=hid.",
                "nothing_read": "It works and saw no card. Lay one flat in the middle, out of its sleeve.",
            }
        ),
        "printer": MappingProxyType(
            {
                "no_face": "Without a font, characters that the printer lacks come out as 〓. Give font= a path.",
            }
        ),
        "key_encoder": MappingProxyType(
            {
                "busy": "The lock system is not ready. Wait for its backup or audit to end, or ask its operator.",
                "garbled": "It answers with wrong check characters. Switch LRC on at the lock system, check the cable.",
            }
        ),
    }
)
ELSEWHERE = "A name that may change at the next start. Use the one under by-id, or a rule for the USB socket."
FINDINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        kind: MappingProxyType(
            {name: ADVICE[Fault(name)] if name != "unstable_name" else ELSEWHERE for name in names} | dict(_OWN[kind])
        )
        for kind, names in _FROM_ADVICE.items()
    }
)
"""Kind -> name -> what to try; each of these is found by a test (tests/hw/test_probe.py)."""

_UNSTABLE = re.compile(r"/dev/(tty(USB|ACM)|video|input/event|hidraw|usb/lp)\d+")


@dataclass(frozen=True, slots=True)
class Finding:
    """`stops`: the device cannot be used like this; otherwise it is a warning."""

    kind: str
    name: str
    detail: str = ""
    stops: bool = True

    @property
    def advice(self) -> str:
        own = FINDINGS.get(self.kind, {}).get(self.name)
        return own or (ADVICE[Fault(self.name)] if self.name in set(Fault) else ELSEWHERE)

    def __str__(self) -> str:
        return f"{self.kind}.{self.name}" + (f": {self.detail}" if self.detail else "")


def is_unstable(port: str) -> bool:
    """Whether a device node is named by the order of plugging."""
    return _UNSTABLE.fullmatch(port) is not None
