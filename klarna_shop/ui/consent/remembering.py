"""Scripts that keep the answer where the page can see it before anything is drawn: a cookie, and `<html>`."""

from __future__ import annotations

_YEAR = 365 * 24 * 3600
_SAFE = '(location.protocol==="https:"?";Secure":"")'

FROM_COOKIE = (
    r"(()=>{const m=document.cookie.match(/(?:^|; )measuring=(accepted|rejected)/);"
    r"document.documentElement.dataset.measuring=/[?&]preview=/.test(location.search)||document.documentElement.dataset.cookies?"
    r'"none":m?m[1]:"unasked"})()'
)
"""For the head of every page. In a preview, and where no answer can be kept, nobody is asked."""
# Reflex makes the body of a function of it: one expression, and in parentheses, or its second half would not
# belong to the function.
FORGET = (
    f'(document.cookie="measuring=;Max-Age=0;Path=/;SameSite=Lax"+{_SAFE},'
    'document.documentElement.dataset.measuring="unasked")'
)


def remember(answer: str) -> str:
    """Keep `accepted` or `rejected` for a year."""
    return (
        f'(document.cookie="measuring={answer};Max-Age={_YEAR};Path=/;SameSite=Lax"+{_SAFE},'
        f'document.documentElement.dataset.measuring="{answer}")'
    )
