"""Changes of a document field by field, each as strict as the schema: what comes out is a whole document."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.document.fields import FieldFacts, field_facts
from klarna_shop.shop.paywalls.faults import sentence_for_form

LONGEST_PATH = 160
_NOT_CHANGED = frozenset({"schema_version"})


class NoSuchField(Exception):
    """No document has a field of this path, or this document has not."""


class WrongValue(Exception):
    """The value cannot stand there; the message is a sentence for whoever gave it."""


def changed(design: PaywallDesign, path: str, value: Any) -> PaywallDesign:
    """The document with one field replaced. A language, or the place after a list's last, is made.

    Raises:
        NoSuchField: there is none at `path`.
        WrongValue: the schema does not admit the value.
    """
    _known(path)
    data = design.as_data()
    holder, name = _holder(data, path)
    if isinstance(holder, dict):
        holder[name] = value
    elif int(name) < len(holder):
        holder[int(name)] = value
    elif int(name) == len(holder):
        holder.append(value)
    else:
        raise NoSuchField(path)
    return _validated(data, path)


def removed(design: PaywallDesign, path: str) -> PaywallDesign:
    """The document without an entry of a list or a language.

    Raises:
        NoSuchField: there is no such entry.
        WrongValue: the document cannot be without it.
    """
    _known(path)
    data = design.as_data()
    holder, name = _holder(data, path)
    if isinstance(holder, dict) and name in holder:
        del holder[name]
    elif isinstance(holder, list) and int(name) < len(holder):
        del holder[int(name)]
    else:
        raise NoSuchField(path)
    return _validated(data, path)


def moved(design: PaywallDesign, path: str, by: int) -> PaywallDesign:
    """The document with an entry of a list at another place, `by` further; no further than the list's ends.

    Raises:
        NoSuchField: there is no such entry.
    """
    _known(path)
    data = design.as_data()
    holder, name = _holder(data, path)
    if not isinstance(holder, list) or int(name) >= len(holder):
        raise NoSuchField(path)
    place = min(max(0, int(name) + by), len(holder) - 1)
    holder.insert(place, holder.pop(int(name)))
    return _validated(data, path)


def _known(path: object) -> FieldFacts:
    """Whatever comes in the place of a path, from whoever may have sent it."""
    facts = field_facts(path) if isinstance(path, str) and len(path) <= LONGEST_PATH else None
    if facts is None or path in _NOT_CHANGED:
        raise NoSuchField(path)
    return facts


def _holder(data: dict[str, Any], path: str) -> tuple[Any, str]:
    """The object or list that holds the field, and its name or place there."""
    *way, name = path.split(".")
    here: Any = data
    for part in way:
        if isinstance(here, list):
            if int(part) >= len(here):
                raise NoSuchField(path)
            here = here[int(part)]
        else:
            # Only a language can be missing: every other name has a default.
            here = here.setdefault(part, {})
    return here, name


def _validated(data: dict[str, Any], path: str) -> PaywallDesign:
    try:
        return PaywallDesign.model_validate_json(json.dumps(data), strict=True)
    except (ValidationError, ValueError, TypeError) as error:
        if not isinstance(error, ValidationError):
            raise WrongValue("That is nothing this field can hold.") from None
        faults = error.errors(include_url=False)
        raise WrongValue(sentence_for_form(faults[0], _known(path))) from None
