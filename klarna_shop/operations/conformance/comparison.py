"""What differs between the sandbox's answer and the target's, and how well the sandbox's side is known.

Data is not a difference: an empty list says nothing about its elements, a null nothing about a type, and a
word of the documented vocabulary may stand where the sandbox had another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from klarna_shop.operations.conformance.marks import (
    DOCUMENTED,
    INFERRED,
    UNKNOWN,
    Mark,
    place_mark,
    refusal_mark,
    status_mark,
    success_status_mark,
)
from klarna_shop.operations.conformance.probes.probe import Probe
from klarna_shop.operations.conformance.shape import (
    EMPTY_TEXT,
    NULL,
    OBJECT,
    TEXT,
    Shape,
    is_word,
    json_type,
)

_TIMES = frozenset({"time", "time with milliseconds"})
_IDENTIFIERS = frozenset({"entity id", "UUID", "JWT"})
ABSENT = "absent"
_FAR_APART = 100


class Kind(Enum):
    """In what way two answers differ."""

    OUTCOME = "refused by one alone"
    STATUS = "status"
    MEDIA_TYPE = "content type"
    WORDING = "wording of the refusal"
    MORE = "more fields"
    MISSING = "missing field"
    TYPE = "other type"
    FORMAT = "other format"
    WORD = "other word"


@dataclass(frozen=True)
class Difference:
    """One difference, `at` a place of the body, at `status`, `content type` or a word of a refusal."""

    kind: Kind
    at: str
    sandbox: str
    target: str
    mark: Mark

    @property
    def contradicts(self) -> bool:
        """Whether the target goes against something documented. More fields never do (§1.2)."""
        return self.mark.provenance is DOCUMENTED and self.kind is not Kind.MORE

    @property
    def weight(self) -> int:
        """How far apart the answers are by it: two refusals are closer than a refusal and a success."""
        return _FAR_APART if self.kind is Kind.OUTCOME else 1


def compare(probe: Probe, ours: Shape, theirs: Shape) -> tuple[Difference, ...]:
    """The differences between the sandbox's answer and the target's to one probe."""
    if ours.succeeded and theirs.succeeded:
        return tuple(_successes(probe, ours, theirs))
    if ours.succeeded != theirs.succeeded:
        return (Difference(Kind.OUTCOME, "status", outcome(ours), outcome(theirs), status_mark(probe, ours)),)
    return tuple(_refusals(probe, ours, theirs))


def outcome(shape: Shape) -> str:
    """A status, of a refusal with its code and field."""
    words = [shape.refusal[name] for name in ("code", "error", "field") if name in shape.refusal]
    return " ".join([str(shape.status), *words])


def _refusals(probe: Probe, ours: Shape, theirs: Shape) -> Iterator[Difference]:
    if ours.status != theirs.status:
        mark = refusal_mark(probe, ours, "status")
        yield Difference(Kind.STATUS, "status", str(ours.status), str(theirs.status), mark)
    if ours.media_type != theirs.media_type:
        mark = Mark(UNKNOWN, "2.3") if probe.asks_for_token else Mark(DOCUMENTED, "2.1")
        yield Difference(
            Kind.MEDIA_TYPE, "content type", ours.media_type or ABSENT, theirs.media_type or ABSENT, mark
        )
    for at in dict.fromkeys([*ours.refusal, *theirs.refusal]):
        mine, other = ours.refusal.get(at, ABSENT), theirs.refusal.get(at, ABSENT)
        if mine == other:
            continue
        kind = Kind.MORE if mine == ABSENT else Kind.MISSING if other == ABSENT else Kind.WORDING
        mark = refusal_mark(probe, ours, at)
        if at == "message" and kind is Kind.MISSING:
            mark = Mark(DOCUMENTED, "2.1")
        yield Difference(kind, at, mine, other, mark)
    if ours.challenge != theirs.challenge:
        mine, other = ("there" if shape.challenge else ABSENT for shape in (ours, theirs))
        kind = Kind.MORE if theirs.challenge else Kind.MISSING
        yield Difference(kind, "header WWW-Authenticate", mine, other, Mark(UNKNOWN, "2.2"))


def _successes(probe: Probe, ours: Shape, theirs: Shape) -> Iterator[Difference]:
    if ours.status != theirs.status:
        mark = success_status_mark(probe)
        yield Difference(Kind.STATUS, "status", str(ours.status), str(theirs.status), mark)
    if ours.media_type != theirs.media_type:
        mine, other = ours.media_type or ABSENT, theirs.media_type or ABSENT
        yield Difference(Kind.MEDIA_TYPE, "content type", mine, other, Mark(DOCUMENTED, "1.1"))
    for place in dict.fromkeys([*ours.places, *theirs.places]):
        if place in ours.places and place in theirs.places:
            yield from _values(probe, place, ours.places[place], theirs.places[place])
        else:
            yield from _one_sided(probe, place, ours, theirs)


def _one_sided(probe: Probe, place: str, ours: Shape, theirs: Shape) -> Iterator[Difference]:
    holder, _, _ = place.rpartition(".")
    is_more = place not in ours.places
    other_side = ours if is_more else theirs
    if place.endswith("[]") or OBJECT not in other_side.places.get(holder, frozenset()):
        return  # an empty list, or the holder itself is what differs
    mark = place_mark(probe, place)
    if mark is not None and mark.optional and mark.reading is None:
        return  # there for some and not for others, by their data
    shown = _shown((ours.places if not is_more else theirs.places)[place])
    if is_more:
        yield Difference(Kind.MORE, place, ABSENT, shown, mark or Mark(UNKNOWN, probe.section))
    else:
        yield Difference(Kind.MISSING, place, shown, ABSENT, mark or Mark(UNKNOWN, probe.section))


def _values(probe: Probe, place: str, mine: frozenset[str], other: frozenset[str]) -> Iterator[Difference]:
    mark = place_mark(probe, place) or Mark(UNKNOWN, probe.section)
    if other == {NULL} and mine != {NULL} and NULL not in mine and not mark.nullable:
        yield Difference(Kind.TYPE, place, _shown(mine), NULL, mark)
        return
    mine, other = mine - {NULL}, other - {NULL}
    if not mine or not other:
        return
    if {json_type(kind) for kind in other} - {json_type(kind) for kind in mine}:
        yield Difference(Kind.TYPE, place, _shown(mine), _shown(other), mark)
        return
    yield from _texts(place, mark, _text_kinds(mine), _text_kinds(other))


def _texts(place: str, mark: Mark, mine: frozenset[str], other: frozenset[str]) -> Iterator[Difference]:
    words, new = _words(mine), _words(other) - _words(mine)
    if new and ((new | words) - mark.words if mark.words else not words & _words(other)):
        # Where no vocabulary is declared, another word is as likely another case as another spelling.
        known = mark if mark.words or mark.reading else Mark(INFERRED, mark.section)
        yield Difference(Kind.WORD, place, _shown(mine), _shown(other), known)
        return
    mine, other = frozenset(filter(_is_format, mine)), frozenset(filter(_is_format, other))
    if not mine or not other or other <= mine:
        return
    if mine | other <= _TIMES:
        yield Difference(Kind.FORMAT, place, _shown(mine), _shown(other), Mark(INFERRED, "1.4"))
    elif mark.formatted:
        yield Difference(Kind.FORMAT, place, _shown(mine), _shown(other), mark)
    elif not mine & other and (TEXT not in mine or other & _IDENTIFIERS):
        known = Mark(INFERRED, mark.section, mark.reading)
        yield Difference(Kind.FORMAT, place, _shown(mine), _shown(other), known)


def _text_kinds(kinds: frozenset[str]) -> frozenset[str]:
    return frozenset(kind for kind in kinds if json_type(kind) == TEXT and kind != EMPTY_TEXT)


def _words(kinds: frozenset[str]) -> frozenset[str]:
    return frozenset(kind.strip("“”") for kind in kinds if is_word(kind))


def _is_format(kind: str) -> bool:
    return not is_word(kind)


def _shown(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds))
