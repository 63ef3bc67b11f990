"""A labelled text, and how templates become one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# What the tagger learns. Names are Presidio's where it has one; GOV_ID joins all national identifiers (the detectors in
# the gateway name the country), ORGANIZATION is reported and not redacted by default.
ENTITIES = (
    "PERSON", "LOCATION", "STREET_ADDRESS", "ORGANIZATION", "DATE_OF_BIRTH", "AGE", "PHONE_NUMBER", "EMAIL_ADDRESS",
    "GOV_ID", "BANK_ACCOUNT", "CREDIT_CARD", "PASSPORT", "DRIVER_LICENSE", "MEDICAL_RECORD", "USERNAME", "PASSWORD",
    "SECRET", "URL", "IP_ADDRESS",
)


@dataclass(frozen=True)
class Span:
    """Code points `start..end` of a text are of a type."""

    start: int
    end: int
    type: str


@dataclass
class Doc:
    """A text with all its entities, sorted, without overlaps. `scored` names the types whose absence means something;
    None stands for all of them."""

    text: str
    spans: list[Span] = field(default_factory=list)
    kind: str = ""
    scored: frozenset[str] | None = None


SLOT = re.compile(r"\{(?:(\d):)?([a-z_0-9]+)\}")


def fill(template: str, values, kind: str = "") -> Doc:
    """Replaces `{slot}` and `{2:slot}` (the second person's) in a template by values and labels them.

    `values.get(slot, person)` returns the parts of the value: a list of (text, type or None).
    """
    out: list[str] = []
    spans: list[Span] = []
    at = 0
    length = 0

    def put(text: str, type_: str | None) -> None:
        nonlocal length
        if type_ and text:
            spans.append(Span(length, length + len(text), type_))
        out.append(text)
        length += len(text)

    for match in SLOT.finditer(template):
        put(template[at:match.start()], None)
        at = match.end()
        for text, type_ in values.get(match.group(2), int(match.group(1) or 1)):
            put(text, type_)
    put(template[at:], None)
    return Doc("".join(out), spans, kind)
