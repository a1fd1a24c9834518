"""A letter as text, and as an HTML file that needs nothing else."""

from __future__ import annotations

from html import escape

from klarna_shop.ui.letters.letter import Letter, LetterRow, LetterSection

_STYLE = (
    "body{margin:2rem auto;max-width:40rem;padding:0 1rem;background:#fff;color:#15191c;"
    "font:16px/1.5 system-ui,sans-serif}"
    "h1{margin:0 0 .5rem;font:600 1.75rem/1.2 Georgia,serif}"
    "h2{margin:1.75rem 0 .25rem;font:600 1.125rem/1.3 Georgia,serif}"
    "table{width:100%;border-collapse:collapse;border-top:2px solid}"
    "th,td{padding:.4rem 0;border-bottom:1px solid #d5d3cb;vertical-align:top}"
    "th{width:38%;padding-right:1rem;font-weight:400;text-align:left;color:#4b545a}"
    "td{overflow-wrap:anywhere}p{margin:.5rem 0 0;overflow-wrap:anywhere}"
    "@media print{body{margin:0;max-width:none;font-size:11pt}h2{break-after:avoid}}"
)


def as_text(letter: Letter) -> str:
    """For a mail's plain part."""
    parts = [letter.title, letter.lead, *map(_section_text, letter.sections)]
    return "\n\n".join(part for part in parts if part) + "\n"


def as_html(letter: Letter) -> str:
    """For a mail's other part, and for the file that is downloaded."""
    language, title = escape(letter.language), escape(letter.title)
    sections = "".join(map(_section_html, letter.sections))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1><p>{escape(letter.lead)}</p>{sections}</body></html>\n"
    )


def _section_text(section: LetterSection) -> str:
    lines = [section.heading.upper(), *(f"{row.label}: {row.value}" for row in section.rows)]
    return "\n".join([*lines, *section.paragraphs])


def _section_html(section: LetterSection) -> str:
    table = f"<table>{''.join(map(_row_html, section.rows))}</table>" if section.rows else ""
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in section.paragraphs)
    return f"<h2>{escape(section.heading)}</h2>{table}{paragraphs}"


def _row_html(row: LetterRow) -> str:
    return f'<tr><th scope="row">{escape(row.label)}</th><td>{escape(row.value)}</td></tr>'
