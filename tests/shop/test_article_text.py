"""What authors bring from elsewhere: YAML of every kind, Markdown of every kind, texts saved wrongly."""

import re
from pathlib import Path

import pytest

from klarna_shop.shop.articles import Article, ArticleError, ArticleLibrary, ArticleProblem
from klarna_shop.shop.articles.text import Text, read_text

HEAD = {
    "title": "A title",
    "standfirst": "What it is about.",
    "section": "News",
    "section_code": "news",
    "byline": "Ann Onymous",
    "published": "2026-11-20T06:00:00+01:00",
    "kind": "premium",
}
BODY = "First.\n\nSecond.\n\nThird.\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 300"><path d="M0 0h9v9z"/></svg>'


def article(body: str = BODY, **fields: str) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in (HEAD | fields).items())
    return f"---\n{lines}---\n{body}"


def load(directory: Path, source: str | bytes) -> tuple[Article | None, tuple[ArticleProblem, ...]]:
    """Load a folder with one good article and this one; the good one is always there."""
    raw = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    for name, content in (("good", article().encode()), ("one", raw)):
        (directory / name).mkdir(exist_ok=True)
        (directory / name / "sv.md").write_bytes(content)
    library = ArticleLibrary.load(directory)
    assert library.find("sv", "good") is not None
    return library.find("sv", "one"), library.problems


def html(text: Text) -> str:
    blocks = "\n".join(block.html for block in (*text.teaser, *text.rest))
    return f"{blocks}\n{text.teaser_notes}\n{text.rest_notes}"


# Front matter

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("title: {{ title }}", "title"),
        ("title: [[a]]", "title"),
        ("title: {a: {b: {c: {d: {e: f}}}}}", ""),
        ("? [a, b]\n: c", ""),
        ("? {a: b}\n: c", ""),
        ("title: &x A\nbyline: *x", ""),
        ("title: !!python/object/apply:os.system [id]", ""),
        ("title: !own A", ""),
        ("title: A\ntitle: B", ""),
        ("title: A: B", ""),
        ("title:\tA\n\tbyline: B", ""),
        ("title: 'never closed", ""),
        ("<<: {title: A}", "<<"),
        ("title: {? [a]: b}", "title"),
        ("title: " + "[" * 3000, ""),
        ("title: " + "{a: " * 3000, ""),
        ("- " * 3000 + "a", ""),
        (BOMB, ""),
        ("%YAML 9.9", ""),
        ("published: 2026-11-20", "published"),
        ("published: 20261120", "published"),
        ("published: 1e309", "published"),
        ("published: [2026-11-20T06:00:00+01:00]", "published"),
        ("published: 0001-01-01T00:00:00+01:00", "published"),
        ("published: 0001-01-01T00:00:00Z", "published"),
        ("published: 9999-12-31T23:59:59Z", "published"),
        ("published: 9999-12-31T23:59:59-14:00", "published"),
        ("published: 2026-11-20T06:00:00+25:00", "published"),
        ("updated: 99999999999999999999999999999999", "updated"),
        ("kind: [premium]", "kind"),
        ("kind: true", "kind"),
        ("tags: {a: b}", "tags"),
        ("tags: [[a], b]", "tags"),
        ("tags: 5", "tags"),
        ("section_code: 0x1F", "section_code"),
        ("placement: [lead]", "placement"),
        ('title: "a\\uFFFDb"', "title"),
        ('title: "a\\0b"', "title"),
        ('tags: ["a\\uFFFD"]', "tags"),
        ("illustration: ../one/sv.md", "illustration"),
        ("illustration: missing.png", "illustration"),
    ],
)
def test_whatever_yaml_says_is_a_problem_with_its_file_and_line_and_harms_no_other(
    tmp_path: Path, line: str, field: str
) -> None:
    name = line.partition(":")[0]
    kept = "".join(f"{key}: {value}\n" for key, value in HEAD.items() if key != name)
    found, problems = load(tmp_path, f"---\n{kept}{line}\n---\n{BODY}")
    assert found is None
    assert problems
    assert {problem.file for problem in problems} == {"one/sv.md"}
    assert field in {problem.field for problem in problems}
    assert all(problem.line for problem in problems if problem.field == field), problems
    assert not any(problem.served for problem in problems)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (b"", "empty file"),
        (b"   \n\n", "empty file"),
        (b"---\ntitle: A\n", "never closed"),
        (b"+++\ntitle = 'A'\n+++\nText.", "TOML"),
        (b'{"title": "A"}\nText.', "JSON"),
        (b"Text alone.", "no front matter"),
        (b"---\n---\nText.", "without fields"),
        (b"---\nonly a text\n---\nText.", "no list of fields"),
        (article().encode("utf-16"), "UTF-16"),
        (article().encode("utf-16-le"), "UTF-16"),
        (article().encode("utf-32"), "UTF-32"),
        (article("F\xf6rsta.\n\nAndra.\n\nTredje.").encode("cp1252"), "Windows-1252"),
        (article("F\ufffdrsta.\n\nAndra.\n\nTredje.").encode(), "U+FFFD"),
        (article("FÃ¶rsta.\n\nAndra.\n\nTredje.").encode(), "decoded twice"),
        (article("A\x00b.\n\nC.\n\nD.").encode(), "U+0000"),
        (article("A&#0;b.\n\nC.\n\nD.").encode(), "U+FFFD"),
    ],
)
def test_a_file_that_is_no_such_text_is_told_and_harms_no_other(
    tmp_path: Path, source: bytes, told: str
) -> None:
    found, problems = load(tmp_path, source)
    assert found is None
    assert [told in problem.got for problem in problems] == [True], problems


@pytest.mark.parametrize(
    "published", ["1850-03-01T12:00:00+01:00", "1899-12-31T23:59:59.123456+00:19:32", "9998-12-31T23:59:59Z"]
)
def test_times_that_can_be_written_in_every_format_are_taken(tmp_path: Path, published: str) -> None:
    found, problems = load(tmp_path, article(published=published))
    assert not problems
    assert found is not None
    assert found.published.microsecond == 0


def test_line_ends_a_mark_and_empty_lines_before_the_front_matter_do_no_harm(tmp_path: Path) -> None:
    for ends in ("\r\n", "\r"):
        found, problems = load(tmp_path, "\ufeff" + ("\n" + article()).replace("\n", ends))
        assert not problems
        assert found is not None
        assert len(found.body) == 3


# Markdown that is supported


def test_tables_code_tasks_and_pictures_are_elements_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "wide.svg").write_text(SVG, encoding="utf-8")
    source = (
        "Words.\n\n| a | b |\n|--:|:-:|\n| 1 | 2 |\n\n```python\nprint('<b>')\n```\n\n    indented\n\n"
        "- [ ] to do\n- [x] done\n  1. in it\n\n"
        '![A *wide* one](wide.svg "Under <it>")\n\n> Said.\n\n~~gone~~\n'
    )
    found, problems = load(tmp_path, article(source))
    assert not problems
    assert found is not None
    assert [block.tag for block in found.body] == [
        *("p", "table", "pre", "pre", "ul", "figure", "blockquote", "p"),
    ]
    shown = found.body_html
    assert "style=" not in shown
    assert '<td class="prose__right">1</td>' in shown
    assert "&lt;b&gt;" in shown
    assert "☐ to do" in shown
    assert "☑ done" in shown
    assert '<figure id="p-6" class="prose__wide">' in shown
    assert 'alt="A wide one" width="900" height="300"' in shown
    assert "<figcaption>Under &lt;it&gt;</figcaption>" in shown
    address = re.search(r'src="/media/one/([^"]+)"', shown)
    assert address is not None
    library = ArticleLibrary.load(tmp_path)
    assert library.illustration_path("one", address[1]) == tmp_path / "one" / "wide.svg"
    # A picture behind the wall must not be found by its name.
    assert library.illustration_path("one", "wide.svg") is None


def test_a_heading_can_be_linked_to_and_takes_no_id_of_the_page() -> None:
    text = read_text(
        "[a](#så-blev-det) [b](#mine) [c](#content)\n\n## Så blev det\n\n## Så blev det"
        "\n\n## X {#mine}\n\n## Content"
    )
    shown = html(text)
    ids = re.findall(r'id="([^"]+)"', shown)
    assert len(ids) == len(set(ids))
    assert {"så-blev-det", "så-blev-det-1", "mine", "h-content"} <= set(ids)
    assert 'href="#s%C3%A5-blev-det"' in shown
    assert 'href="#mine"' in shown
    assert 'href="#h-content"' in shown
    assert "{#" not in shown
    assert not text.omissions


def test_a_mailbox_can_be_linked_to() -> None:
    shown = html(read_text("[a](mailto:red@norrlunda.example?subject=Hej) <red@norrlunda.example>"))
    assert shown.count('href="mailto:red@norrlunda.example') == 2


# The wall and footnotes

NOTES = (
    "Open[^a] and walled[^b].\n\n[^a]: OPEN NOTE\n\nSecond.\n\nThird[^c].\n\n"
    "[^b]: SECRET B\n\n[^c]: SECRET C[^d]\n\n[^d]: SECRET D\n"
)


def test_a_footnote_behind_the_wall_is_in_nothing_that_everybody_gets(tmp_path: Path) -> None:
    found, problems = load(tmp_path, article(NOTES))
    assert found is not None
    assert "OPEN NOTE" in found.teaser_html
    assert "OPEN NOTE" not in found.rest_html
    for secret in ("SECRET B", "SECRET C", "SECRET D"):
        assert secret not in found.teaser_html
        assert secret not in repr(found)
        assert secret in found.rest_html
        assert secret in "".join(found.rest_parts)
    # Its mark stands in the teaser, and leads nowhere for those who have not the text.
    assert '<sup id="fnref-2">2</sup>' in found.teaser_html
    assert [problem.served for problem in problems] == [True]
    assert "footnote of the teaser" in problems[0].got


@pytest.mark.parametrize(
    "source",
    [
        "A[^x].\n\n[^x]: open\n\nB.\n\nC.\n\n[^x]: SECRET",
        "A.\n\nB.\n\nC[^x].\n\n[^x]: SECRET",
        "A[^x].\n\nB.\n\n> C.\n>\n> [^x]: SECRET",
        "A[^x].\n\nB.\n\n- C.\n\n    [^x]: SECRET",
        "A[^x].\n\nB.\n\nC.\n[^x]: SECRET",
        "A.\n\nB.\n\nC^[SECRET].",
        "A[^x].\n\n<!-- more -->\n\n[^x]: SECRET\n\nB.",
        "A[^x]. <!-- more -->\n[^x]: SECRET\n\nB.",
    ],
)
def test_a_text_below_the_end_of_the_teaser_never_stands_above_it(source: str) -> None:
    text = read_text(source)
    assert "SECRET" not in "".join(block.html for block in text.teaser) + text.teaser_notes
    assert "SECRET" not in repr(text)


def test_without_a_wall_all_footnotes_stand_at_the_end(tmp_path: Path) -> None:
    found, problems = load(tmp_path, article(NOTES, kind="free"))
    assert not [problem for problem in problems if problem.file.startswith("one")]
    assert found is not None
    assert "NOTE" not in found.teaser_html
    assert found.rest_html.count('role="doc-endnotes"') == 1
    assert re.findall(r'id="fn-(\d)"', found.rest_html) == ["1", "2", "3", "4"]


# Markdown of other programs


@pytest.mark.parametrize(
    "foreign",
    [
        "{{< youtube abc >}}",
        '{{< figure src="a_b_c.png"\n   caption="*x*" >}}',
        "{{% note %}}",
        "{{ page.title }}",
        "{% include x.html a=1 %}",
        "{# a comment #}",
        "{:.lead}",
        "{/* MDX */}",
        "{props.title}",
        "[caption id='x' width=\"3\"]",
        "[/caption]",
        "[youtube]dQw4[/youtube]",
        "<Callout type={{ a: 1 }} />",
        "<Foo.Bar b={x => x}>",
        "<>",
        '<iframe src="https://other.example/x"></iframe>',
        "<script>alert('x')</script>",
        "<style>p { color: red }</style>",
        "<div class='x'>",
        "<!-- a comment -->",
        "<svg onload=alert(1)><text>in it</text></svg>",
        "![alt][nowhere]",
        "![alt](a b c.png)",
        "![alt](https://other.example/x.png)",
        "![alt](javascript:alert(1))",
        "[![alt](badge.svg)](https://other.example)",
        "![[image.png]]",
        "![alt](x.png =300x200)",
        "[words](javascript:alert(1))",
        "[words](data:text/html,x)",
        "[words]({{ site.url }}/x)",
        "[words]({% link a.md %})",
        "[words](relative.md)",
        "[words](#nowhere)",
        "[words][nowhere]",
        "[^nowhere]",
        "<javascript:alert(1)>",
        "{{< never closed",
        "never opened >}}",
    ],
)
def test_what_other_programs_read_is_told_to_the_author_and_never_shown(foreign: str) -> None:
    for source in (
        f"Before {foreign} after.\n\nSecond.",
        f"First.\n\n{foreign}\n\nLast.",
        f"- {foreign} x\n\nLast.",
    ):
        text = read_text(source)
        shown = html(text)
        plain = re.sub(r"<[^>]+>", "", shown)
        assert not re.search(
            r"[{}<>]|&[lg]t;|!\[|\]\(|javascript|alert|other\.example|\[/?[a-z]|dQw4|color", plain
        ), plain
        assert not re.search(r"<(?!/?(?:p|ul|li|span|a)\b)", shown), shown
        assert "javascript" not in shown
        if not foreign.startswith("<!--"):
            assert text.omissions, source
            assert all(one.line for one in text.omissions)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("`{{ x }}` and\n\n```\n{% y %} <div> ![a](b)\n```", ["{{ x }}", "{% y %} &lt;div&gt; ![a](b)"]),
        ("He said: [sic] and [red.].", ["[sic] and [red.]."]),
        (
            r"\{\{ meant \}\} &lt;div class=&quot;x&quot;&gt; \<b>",
            ["{{ meant }} &lt;div class=&quot;x&quot;&gt; &lt;b&gt;"],
        ),
        ("1 < 2 and 3 > 2, a[i][j]", ["1 &lt; 2 and 3 &gt; 2, a[i][j]"]),
        ("Words in <b>bold</b>, x<sup>2</sup>", ["Words in bold, x2"]),
        ("<div>\nThe words stay.\n</div>", ["The words stay."]),
        ("<br/>\n## Heading\n", ["Heading</h2>"]),
        ("# Title again", ["Title again</h2>"]),
        ("{% highlight ruby %}\n# no heading\n{% endhighlight %}", ["<code># no heading"]),
        ("::: note\nInside.\n:::", ["<p", "Inside.</p>"]),
        ("import X from './x'\n\nText.", ["Text.</p>"]),
    ],
)
def test_words_stay_and_code_is_shown_as_it_is(source: str, shown: list[str]) -> None:
    found = html(read_text(source))
    for part in shown:
        assert part in found
    assert ":::" not in found
    assert "import" not in found


def test_what_is_left_out_is_listed_once_a_kind_with_its_first_line(tmp_path: Path) -> None:
    found, problems = load(tmp_path, article("A <u>b</u>.\n\n<u>C</u>.\n\nD {{ e }}.\n"))
    assert found is not None
    told = [(problem.got, problem.line, problem.served) for problem in problems]
    assert told == [("HTML (<u>) (2 times)", 10, True), ("a template or shortcode", 14, True)]


def test_a_folder_without_one_good_article_says_all_that_is_wrong(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sv.md").write_text("nothing", encoding="utf-8")
    with pytest.raises(ArticleError) as raised:
        ArticleLibrary.load(tmp_path)
    assert [problem.file for problem in raised.value.problems] == ["one/sv.md", "two/sv.md"]
