"""Encryption at rest, and what happens to it when `SECRET_KEY` is replaced."""

from __future__ import annotations

import pytest

from klarna_shop.shop.encryption import CannotDecrypt, Encryption

OLD, NEW = "the key of last year, long enough", "the key of this year, long enough"


def test_after_a_rotation_the_old_is_read_and_the_new_is_written() -> None:
    before, during, after = Encryption((OLD,)), Encryption((NEW, OLD)), Encryption((NEW,))
    kept = before.encrypt("ny.lasare@exempel.example")
    assert during.decrypt(kept) == "ny.lasare@exempel.example"
    assert after.decrypt(during.encrypt("a token")) == "a token"
    with pytest.raises(CannotDecrypt):
        after.decrypt(kept)
    with pytest.raises(CannotDecrypt):
        before.decrypt(during.encrypt("a token"))


def test_names_of_personal_values_stay_while_the_old_key_is_kept() -> None:
    before, during, after = Encryption((OLD,)), Encryption((NEW, OLD)), Encryption((NEW,))
    name = before.keyed_digest("ny.lasare@exempel.example")
    assert during.keyed_digest("ny.lasare@exempel.example") == name
    assert after.keyed_digest("ny.lasare@exempel.example") != name
    assert "lasare" not in name


def test_what_was_sealed_for_one_purpose_opens_nothing_else() -> None:
    sealed = Encryption((OLD,), purpose="preview").encrypt("a reader")
    with pytest.raises(CannotDecrypt):
        Encryption((OLD,)).decrypt(sealed)


def test_the_same_words_never_look_the_same_and_a_changed_one_is_refused() -> None:
    encryption = Encryption((OLD,))
    first, second = encryption.encrypt("the same"), encryption.encrypt("the same")
    assert first != second
    with pytest.raises(CannotDecrypt):
        encryption.decrypt(first[:-6] + ("AAAAAA" if first[-6:] != "AAAAAA" else "BBBBBB"))


def test_no_key_is_shown_by_printing() -> None:
    assert OLD not in repr(Encryption((OLD,)))
    assert OLD not in str(vars(Encryption((OLD,))))
