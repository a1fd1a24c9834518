"""The loader of articles, and the demo newspaper it loads."""

import re
import struct
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from klarna_shop.shop.articles import (
    Article,
    ArticleError,
    ArticleKind,
    ArticleLibrary,
    ArticleProblem,
    Placement,
)
from klarna_shop.shop.articles.text import TextProblem, is_safe_link, read_text

NEWSPAPER = Path(__file__).parents[2] / "klarna_shop" / "articles"
LIBRARY = ArticleLibrary.load(NEWSPAPER)
ARTICLES = [*LIBRARY.front_page("sv"), *LIBRARY.front_page("en")]
SLUGS = LIBRARY.slugs()

FIELDS = {
    "title": "A title",
    "standfirst": "What it is about.",
    "section": "News",
    "section_code": "news",
    "byline": "Ann Onymous",
    "published": "2026-11-20T06:00:00+01:00",
    "kind": "metered",
}
TEXT = "First paragraph.\n\nSecond paragraph.\n\nThird paragraph, for subscribers.\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900"><path d="M0 0h9v9z"/></svg>'


def write(directory: Path, name: str = "one/sv.md", text: str = TEXT, **fields: Any) -> None:
    path = directory / name
    path.parent.mkdir(exist_ok=True, parents=True)
    front = {name: value for name, value in (FIELDS | fields).items() if value is not None}
    lines = "".join(f"{name}: {value}\n" for name, value in front.items())
    path.write_text(f"---\n{lines}---\n{text}", encoding="utf-8")


def load_one(directory: Path, text: str = TEXT, **fields: Any) -> Article:
    write(directory, text=text, **fields)
    article = ArticleLibrary.load(directory).find("sv", "one")
    assert article is not None
    return article


def problems_of(directory: Path) -> list[ArticleProblem]:
    try:
        return list(ArticleLibrary.load(directory).problems)
    except ArticleError as error:
        assert all(str(problem) in str(error) for problem in error.problems)  # noqa: PT017
        return list(error.problems)


def refused_fields(directory: Path, text: str = TEXT, **fields: Any) -> list[str]:
    write(directory, text=text, **fields)
    return [problem.field for problem in problems_of(directory)]


# What an author may write


def test_an_article_with_the_required_fields_is_read(tmp_path: Path) -> None:
    article = load_one(tmp_path)
    assert (article.title, article.kind, article.placement) == (
        "A title",
        ArticleKind.METERED,
        Placement.STANDARD,
    )
    assert article.published.isoformat() == "2026-11-20T05:00:00+00:00"
    assert article.updated is None
    assert article.illustration is None
    assert article.tags == article.access_codes == ()
    assert (article.words, article.reading_minutes) == (8, 1)


def test_tags_and_own_access_codes_are_kept(tmp_path: Path) -> None:
    article = load_one(tmp_path, tags="[harbour, jobs]", access_codes="[DEMO_PLUS, 1900]")
    assert article.tags == ("harbour", "jobs")
    assert article.access_codes == ("DEMO_PLUS", "1900")


@pytest.mark.parametrize("title", ["No", "2026", "1e3", "null", "2026-11-20", "~"])
def test_a_title_that_yaml_would_take_for_something_else_stays_text(tmp_path: Path, title: str) -> None:
    assert load_one(tmp_path, title=title).title == title


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "one" / "sv.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    article = ArticleLibrary.load(tmp_path).find("sv", "one")
    assert article is not None
    assert len(article.body) == 3


def test_an_article_exists_only_in_the_languages_it_has_a_file_for(tmp_path: Path) -> None:
    write(tmp_path, "one/sv.md")
    write(tmp_path, "two/sv.md")
    write(tmp_path, "two/en.md")
    library = ArticleLibrary.load(tmp_path)
    assert library.languages_of("one") == ("sv",)
    assert library.languages_of("two") == ("sv", "en")
    assert library.languages_of("three") == ()
    assert library.find("en", "one") is None
    assert library.slugs() == ("one", "two")


def test_other_languages_loose_files_and_hidden_folders_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "one" / "fi.md").write_text("not read", encoding="utf-8")
    (tmp_path / "README.md").write_text("not read", encoding="utf-8")
    (tmp_path / "_drafts").mkdir()
    (tmp_path / ".git").mkdir()
    assert ArticleLibrary.load(tmp_path).slugs() == ("one",)


def test_the_front_page_goes_by_placement_and_then_by_time(tmp_path: Path) -> None:
    for slug, day, placement in (
        ("old", "18", "standard"),
        ("new", "20", "standard"),
        ("top-old", "10", "top"),
        ("top-new", "11", "top"),
        ("lead", "01", "lead"),
    ):
        write(tmp_path, f"{slug}/sv.md", published=f"2026-11-{day}T06:00:00Z", placement=placement)
    page = ArticleLibrary.load(tmp_path).front_page("sv")
    assert [article.slug for article in page] == ["lead", "top-new", "top-old", "new", "old"]


def test_the_largest_section_comes_first_and_others_in_the_order_of_the_front_page(tmp_path: Path) -> None:
    for slug, code in (("a", "sport"), ("b", "news"), ("c", "food"), ("d", "news")):
        write(tmp_path, f"{slug}/sv.md", section_code=code, section=code.title())
    sections = ArticleLibrary.load(tmp_path).sections("sv")
    assert [(section.code, section.name) for section in sections] == [
        ("news", "News"),
        ("sport", "Sport"),
        ("food", "Food"),
    ]


# What the loader says about mistakes


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "one/sv.md", kind="paid", title=None)
    write(tmp_path, "two/en.md", published="yesterday")
    found = {(problem.file, problem.field) for problem in problems_of(tmp_path)}
    assert found == {("one/sv.md", "kind"), ("one/sv.md", "title"), ("two/en.md", "published")}


def test_a_problem_says_what_it_got_and_what_it_takes(tmp_path: Path) -> None:
    write(tmp_path, kind="paid")
    (problem,) = problems_of(tmp_path)
    assert str(problem) == "one/sv.md:8: kind: got 'paid'; takes free | metered | premium"


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_required_field_is_missed(tmp_path: Path, name: str) -> None:
    without: dict[str, Any] = {name: None}
    assert refused_fields(tmp_path, **without) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("published", "2026-11-20T06:00:00"),
        ("published", "2026-11-20"),
        ("published", "2026-02-30T06:00:00+01:00"),
        ("updated", "2026-11-19T06:00:00+01:00"),
        ("section_code", "Näringsliv"),
        ("placement", "first"),
        ("tags", "harbour"),
        ("access_codes", "{a: b}"),
        ("title", "[a, b]"),
        ("standfirst", '"   "'),
    ],
)
def test_a_value_that_cannot_be_is_refused(tmp_path: Path, name: str, value: str) -> None:
    assert refused_fields(tmp_path, **{name: value}) == [name]


def test_a_misspelled_field_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    write(tmp_path, placment="top")
    (problem,) = problems_of(tmp_path)
    assert problem.field == "placment"
    assert problem.takes.startswith("placement")


@pytest.mark.parametrize(
    "source",
    [
        "No front matter at all.",
        "---\ntitle: A: B\n---\nText.",
        "---\ntitle: A\ntitle: B\n---\nText.",
        "---\n- a list\n---\nText.",
        "---\n---\nText.",
        "---\ntitle: never closed\n",
        "",
    ],
)
def test_front_matter_that_cannot_be_read_is_told(tmp_path: Path, source: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "sv.md").write_text(source, encoding="utf-8")
    assert {(problem.file, problem.field) for problem in problems_of(tmp_path)} == {("one/sv.md", "")}


def test_a_broken_line_of_yaml_is_told_with_its_line_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "sv.md").write_text("---\nkind: free\ntitle: A: B\n---\nText.", encoding="utf-8")
    (problem,) = problems_of(tmp_path)
    assert problem.line == 3


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "sv.md").write_bytes(b"---\ntitle: \xe5\n---\n")
    (problem,) = problems_of(tmp_path)
    assert "UTF-8" in problem.takes


@pytest.mark.parametrize("name", ["Stor-Bokstav", "å", "two--hyphens", "with space", "-x"])
def test_a_folder_name_that_is_no_slug_is_told(tmp_path: Path, name: str) -> None:
    write(tmp_path, f"{name}/sv.md")
    (problem,) = problems_of(tmp_path)
    assert problem.file == f"{name}/"


def test_a_folder_without_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (problem,) = problems_of(tmp_path)
    assert problem.takes == "sv.md or en.md"


def test_no_folder_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "missing")[0].got.startswith("no folder")
    assert problems_of(tmp_path)[0].got == "no articles"


@pytest.mark.parametrize(
    ("name", "value"), [("kind", "free"), ("section_code", "other"), ("access_codes", "[OTHER]")]
)
def test_a_translation_cannot_change_who_may_read(tmp_path: Path, name: str, value: str) -> None:
    write(tmp_path, "one/sv.md")
    write(tmp_path, "one/en.md", **{name: value})
    library = ArticleLibrary.load(tmp_path)
    (problem,) = library.problems
    assert (problem.file, problem.field, problem.served) == ("one/en.md", name, False)
    assert library.languages_of("one") == ("sv",)


def test_a_walled_article_must_have_something_behind_the_wall(tmp_path: Path) -> None:
    assert refused_fields(tmp_path, text="Only one paragraph.\n") == ["text"]
    assert load_one(tmp_path, text="Only one paragraph.\n", kind="free").rest == ()


# Text


def test_the_teaser_is_the_first_two_blocks_and_no_more(tmp_path: Path) -> None:
    article = load_one(tmp_path)
    assert article.teaser == ('<p id="p-1">First paragraph.</p>', '<p id="p-2">Second paragraph.</p>')
    assert article.rest_html == '<p id="p-3">Third paragraph, for subscribers.</p>'
    assert article.body_html == f"{article.teaser_html}\n{article.rest_html}"


@pytest.mark.parametrize("mark", ["\n<!-- more -->\n\n", "<!--more-->\n", "\n<!-- MORE -->  \n"])
def test_the_teaser_ends_at_the_mark(mark: str) -> None:
    text = read_text(f"One.\n{mark}Two.\n\nThree.\n")
    assert [len(text.teaser), len(text.rest)] == [1, 2]
    assert "more" not in "".join(block.html for block in text.teaser + text.rest).lower()


@pytest.mark.parametrize(
    "source",
    [
        "",
        "<!-- more -->",
        "<!-- more -->\n\nText.",
        "A.\n\n<!-- more -->\n\nB.\n\n<!-- more -->\n\nC.",
        "Text <!-- more --> in a line.",
        "- A list\n\n  <!-- more -->\n",
        "<!-- more -->and text",
        "<!-- nothing but a comment -->",
    ],
)
def test_text_that_cannot_be_shown_as_meant_is_refused(source: str) -> None:
    with pytest.raises(TextProblem):
        read_text(source)


def test_every_block_has_its_tag_and_an_anchor_in_reading_order() -> None:
    text = read_text("One.\n\n## Two\n\n> Three\n\n- Four\n- Five\n\n1. Six\n\n---\n\n| a |\n|---|\n| b |\n")
    blocks = text.teaser + text.rest
    assert [block.tag for block in blocks] == ["p", "h2", "blockquote", "ul", "ol", "hr", "table"]
    assert [block.anchor for block in blocks] == [f"p-{number}" for number in range(1, 8)]
    for block in blocks:
        # A table scrolls in an element of its own.
        element = "div" if block.tag == "table" else block.tag
        assert block.html.startswith(f'<{element} id="{block.anchor}"')


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:",
        "mailto:nobody",
        "mailto:javascript://a@b.se",
        "tel:112",
        "#",
        "/%5Cother.example",
        "//other.example",
        "/\\other.example",
        "\\\\other.example",
        "https:other",
        "relative/path",
        "",
    ],
)
def test_no_link_leads_anywhere_but_to_the_web_or_the_paper_itself(address: str) -> None:
    assert not is_safe_link(address)
    html = read_text(f"A [link](<{address}>) here.").teaser[0].html
    assert "href" not in html


def test_an_address_that_is_none_is_no_link() -> None:
    assert not is_safe_link("http://[")


def test_own_paths_and_web_addresses_become_links() -> None:
    html = read_text("[a](/article/x) [b](https://example.org/y)").teaser[0].html
    assert '<a href="/article/x">a</a>' in html
    assert '<a href="https://example.org/y" rel="noopener noreferrer">b</a>' in html


def test_repr_never_holds_the_text(tmp_path: Path) -> None:
    article = load_one(tmp_path, access_codes="[SECRET_CODE]")
    for shown in (repr(article), str(article), repr(article.body)):
        assert "paragraph" not in shown
        assert "SECRET_CODE" not in shown


# Illustrations


def illustrate(directory: Path, content: bytes, name: str = "a.svg") -> None:
    write(directory, illustration=name, illustration_alt="A picture")
    (directory / "one" / name).write_bytes(content)


def test_an_illustration_is_found_with_its_size(tmp_path: Path) -> None:
    illustrate(tmp_path, SVG.encode())
    library = ArticleLibrary.load(tmp_path)
    article = library.find("sv", "one")
    assert article is not None
    assert article.illustration is not None
    assert (article.illustration.width, article.illustration.height) == (1600, 900)
    assert library.illustration_path("one", "a.svg") == tmp_path / "one" / "a.svg"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 360)),
        (
            "a.jpg",
            b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc0\x00\x11\x08" + struct.pack(">HH", 360, 640) + b"\x03",
        ),
    ],
)
def test_the_size_of_a_photograph_is_read(tmp_path: Path, name: str, content: bytes) -> None:
    illustrate(tmp_path, content, name)
    article = ArticleLibrary.load(tmp_path).find("sv", "one")
    assert article is not None
    assert article.illustration is not None
    assert (article.illustration.width, article.illustration.height) == (640, 360)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path onload="alert(1)"/>',
        '<image href="https://other.example/x.png"/>',
        '<use xmlns:x="http://www.w3.org/1999/xlink" x:href="other.svg#a"/>',
        "<style>@import 'x.css';</style>",
        '<rect style="fill:url(https://other.example/x)"/>',
        "<foreignObject/>",
        "<path>",
    ],
)
def test_an_svg_that_does_more_than_draw_is_refused(tmp_path: Path, inside: str) -> None:
    illustrate(tmp_path, SVG.replace("</svg>", f"{inside}</svg>").encode())
    assert [problem.field for problem in problems_of(tmp_path)] == ["illustration"]


def test_an_svg_may_refer_to_itself(tmp_path: Path) -> None:
    own = '<rect fill="url(#sky)"/><use href="#tree"/><style>rect{fill:url(#sky)}</style>'
    illustrate(tmp_path, SVG.replace("</svg>", f"{own}</svg>").encode())
    assert ArticleLibrary.load(tmp_path).slugs() == ("one",)


@pytest.mark.parametrize("name", ["../secret.svg", "/etc/passwd", "missing.svg", "a.html", "..", "b/a.svg"])
def test_an_illustration_is_a_file_beside_the_article(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.svg").write_text(SVG, encoding="utf-8")
    assert refused_fields(tmp_path, illustration=name, illustration_alt="A picture") == ["illustration"]


def test_a_link_out_of_the_folder_is_no_illustration(tmp_path: Path) -> None:
    outside = tmp_path / "outside.svg"
    outside.write_text(SVG, encoding="utf-8")
    write(tmp_path / "articles", illustration="a.svg", illustration_alt="A picture")
    (tmp_path / "articles" / "one" / "a.svg").symlink_to(outside)
    assert [problem.field for problem in problems_of(tmp_path / "articles")] == ["illustration"]


def test_an_illustration_needs_a_description(tmp_path: Path) -> None:
    write(tmp_path, illustration="a.svg")
    (tmp_path / "one" / "a.svg").write_text(SVG, encoding="utf-8")
    assert [problem.field for problem in problems_of(tmp_path)] == ["illustration_alt"]


@pytest.mark.parametrize("name", ["sv.md", "../one/a.svg", "undeclared.svg", "a.svg/", "A.SVG", ""])
def test_only_declared_illustrations_have_a_path(tmp_path: Path, name: str) -> None:
    illustrate(tmp_path, SVG.encode())
    (tmp_path / "one" / "undeclared.svg").write_text(SVG, encoding="utf-8")
    assert ArticleLibrary.load(tmp_path).illustration_path("one", name) is None


# The demo newspaper


def test_the_paper_has_enough_of_every_kind() -> None:
    kinds = Counter(article.kind for article in LIBRARY.front_page("sv"))
    assert kinds == {ArticleKind.FREE: 5, ArticleKind.METERED: 6, ArticleKind.PREMIUM: 4}


def test_the_front_page_has_one_lead_and_three_top_stories() -> None:
    for language in ("sv", "en"):
        page = LIBRARY.front_page(language)
        assert [article.placement for article in page[:4]] == [Placement.LEAD, *[Placement.TOP] * 3]
        assert {article.placement for article in page[4:]} == {Placement.STANDARD}
        times = [article.published for article in page[4:]]
        assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("slug", SLUGS)
def test_both_languages_tell_the_same_story(slug: str) -> None:
    swedish, english = LIBRARY.find("sv", slug), LIBRARY.find("en", slug)
    assert swedish is not None
    assert english is not None
    for name in ("kind", "section_code", "published", "updated", "placement", "byline"):
        if name == "byline" and swedish.section_code == "opinion":
            continue
        assert str(getattr(swedish, name)).replace(" och ", " and ") == str(getattr(english, name)), name
    assert [block.tag for block in swedish.body] == [block.tag for block in english.body]
    assert len(swedish.teaser) == len(english.teaser)
    assert swedish.title != english.title


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: f"{article.language}-{article.slug}")
def test_an_article_is_a_whole_piece_of_journalism(article: Article) -> None:
    assert 440 <= article.words <= 900
    assert article.illustration is not None
    assert all((article.illustration.alt, article.illustration.caption, article.illustration.credit))
    assert article.tags
    assert sum(block.tag == "h2" for block in article.body) >= 3
    assert "2026-10" < article.published.isoformat() < "2026-11-24"


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: f"{article.language}-{article.slug}")
def test_nothing_beyond_the_teaser_is_in_what_everybody_sees(article: Article) -> None:
    open_text = f"{article.teaser_html} {article.standfirst} {article.title} {article!r}"
    sentences = [
        sentence
        for block in article.rest
        for sentence in re.split(r"(?<=[.!?])\s+", re.sub(r"<[^>]+>", "", block.html))
        if len(sentence) > 25
    ]
    assert len(sentences) > 15
    assert [sentence for sentence in sentences if sentence in open_text] == []


def test_no_two_articles_share_a_sentence() -> None:
    seen = Counter(
        (article.language, sentence)
        for article in ARTICLES
        for block in article.body
        for sentence in re.split(r"(?<=[.!?])\s+", re.sub(r"<[^>]+>", "", block.html))
        if len(sentence) > 40
    )
    assert [sentence for sentence, count in seen.items() if count > 1] == []


@pytest.mark.parametrize("path", sorted(NEWSPAPER.glob("*/*.svg")), ids=lambda path: path.stem)
def test_an_illustration_is_a_small_wordless_drawing(path: Path) -> None:
    root = ElementTree.fromstring(path.read_bytes())  # noqa: S314 - the newspaper's own file
    name = path.name
    shown = {
        article.illustration.file_name
        for language in LIBRARY.languages_of(path.parent.name)
        if (article := LIBRARY.find(language, path.parent.name)) and article.illustration
    }
    # All others stand in the text, in any format.
    assert (root.get("viewBox") == "0 0 1600 900") is (name in shown)
    assert {str(element.tag).rpartition("}")[2] for element in root.iter()} <= {
        *("svg", "defs", "linearGradient", "radialGradient", "stop"),
        *("g", "use", "path", "rect", "circle", "ellipse"),
    }
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r'(?:url\(|href=")#([\w-]+)', text)) == set(re.findall(r' id="([\w-]+)"', text))
    assert len(text) < 13_000
    in_texts = [text.read_text(encoding="utf-8") for text in path.parent.glob("*.md")]
    assert name in shown or all(f"]({name} " in text for text in in_texts)
