"""Cookies and addresses that come from a browser, where anything can stand in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.identity import Cookies, Notice, new_token, own_path, seal, unseal

PLAIN = Cookies(secure=False)
SECURE = Cookies(secure=True)
KEY = Encryption(("a test's own key, long enough to be taken",))


def test_a_cookie_of_ours_is_found_among_others() -> None:
    token = new_token()
    assert PLAIN.session_token(f"a=b; session={token}; visitor=x") == token


@pytest.mark.parametrize(
    "header",
    [None, "", "session", "session=", "session=short", "session=" + "å" * 43, "; ;=;", "x" * 100_000],
)
def test_a_cookie_that_is_not_ours_is_nothing(header: str | None) -> None:
    assert PLAIN.session_token(header) is None


def test_over_https_only_the_host_cookie_counts_so_that_no_subdomain_can_plant_one() -> None:
    token = new_token()
    assert SECURE.session_token(f"session={token}") is None
    assert SECURE.session_token(f"session={new_token()}; __Host-session={token}") == token
    assert "; Secure" in SECURE.set_cookie(SECURE.session, token, 60)


def test_cookies_are_unreadable_to_scripts_and_not_sent_with_foreign_posts() -> None:
    written = PLAIN.set_cookie("visitor", "x", 60)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(written.split("; "))


@pytest.mark.parametrize(
    "path",
    ["/", "/account", "/article/snow-in-may?from=mail", "/en", "/en/packages?from=a&code=b", "/login-help"],
)
def test_pages_of_the_shop_can_be_gone_on_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        None,
        "account",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "/a//evil.example",
        "/..//evil.example",
        "/%2e%2e/x",
        "/x\x00",
        "/auth/sign-out",
        "/login?next=/login",
        "/en/register",
        "/" + "a" * 2000,
    ],
)
def test_nothing_else_can_be_gone_on_to(path: str | None) -> None:
    assert own_path(path) is None


@given(st.text(max_size=40))
def test_whatever_is_let_through_begins_with_one_slash_and_stays_on_the_host(value: str) -> None:
    path = own_path(value)
    if path is not None:
        assert path.startswith("/")
        assert not path.startswith("//")
        assert "\\" not in path


def test_a_notice_comes_back_as_it_was() -> None:
    notice = Notice("sign_in", "refused", attempts_left=3, typed={"email": "kund@exempel.se"})
    assert unseal(seal(notice, KEY), KEY) == notice


def test_a_notice_does_not_show_in_the_cookie_what_was_typed() -> None:
    assert "kund" not in seal(Notice("sign_in", "refused", typed={"email": "kund@exempel.se"}), KEY)


@pytest.mark.parametrize(
    "sealed",
    [None, "x", KEY.encrypt("[]"), KEY.encrypt('{"form": "a"}'), KEY.encrypt("{")],
    ids=["none", "no seal", "a list", "a part", "no JSON"],
)
def test_a_notice_that_is_not_ours_is_nothing(sealed: str | None) -> None:
    assert unseal(sealed, KEY) is None


def test_the_longest_notice_fits_a_cookie() -> None:
    typed = dict.fromkeys(("email", "first_name", "last_name"), "🗞" * 1000)
    faults = dict.fromkeys(("email", "password", "first_name", "last_name"), "too_short")
    sealed = seal(Notice("register", "fields", typed=typed, faults=faults), KEY)
    assert PLAIN.sealed_notice(f"notice={sealed}") == sealed
