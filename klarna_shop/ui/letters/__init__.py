"""What the shop puts in writing: receipts and receipts of withdrawal, in the reader's language.

A letter is one structure (`letter`), shown on a page, downloaded as a file and sent as a mail, so that the
three cannot say different things. Only `view` knows Reflex. Used by the screens that show a letter, and by
the assembly.
"""

from klarna_shop.ui.letters.composing import Letters
from klarna_shop.ui.letters.letter import Letter, LetterRow, LetterSection
from klarna_shop.ui.letters.receipt import receipt_letter
from klarna_shop.ui.letters.rendering import as_html, as_text
from klarna_shop.ui.letters.withdrawal import withdrawal_letter

__all__ = [
    "Letter",
    "LetterRow",
    "LetterSection",
    "Letters",
    "as_html",
    "as_text",
    "receipt_letter",
    "withdrawal_letter",
]
