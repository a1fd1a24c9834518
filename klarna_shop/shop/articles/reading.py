"""One folder of the newspaper: an article in each of its languages, and what is wrong with it."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

from klarna_shop.shop.articles import front_matter, illustrations
from klarna_shop.shop.articles.cleaning import Omission, Picture
from klarna_shop.shop.articles.errors import ArticleProblem
from klarna_shop.shop.articles.markdown import PICTURE
from klarna_shop.shop.articles.model import Article, ArticleKind, Illustration
from klarna_shop.shop.articles.text import Text, TextProblem, read_text
from klarna_shop.text_check import TAKES, UnreadableText, decode, lost_letters

MEDIA = "/media"
"""Where the pictures of articles stand: ``/media/<slug>/<file name>``."""
LARGEST_BYTES = 1024 * 1024

_LANGUAGE_FILE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?\.md")
_IMAGE_TAKES = (
    f"an image file beside the article: {', '.join(illustrations.TYPES)};"
    " SVG without script and outside references"
)
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ReadFolder:
    """The texts that can be served, the files they show, by slug and name, and what must be put right."""

    articles: list[Article] = field(default_factory=list)
    paths: dict[tuple[str, str], Path] = field(default_factory=dict)
    problems: list[ArticleProblem] = field(default_factory=list)


def read_folder(folder: Path, languages: Sequence[str]) -> ReadFolder:
    """Read one article. Raises nothing: all that is wrong is among the problems."""
    read = ReadFolder()
    if not front_matter.SLUG.fullmatch(folder.name):
        takes = "small letters a-z and digits, parted by single hyphens"
        name = folder.name.encode("utf-8", "backslashreplace").decode()
        read.problems.append(ArticleProblem(f"{name}/", "", "this name", takes))
        return read
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError as error:
        got = f"a folder that cannot be read ({error.strerror})"
        read.problems.append(ArticleProblem(f"{folder.name}/", "", got, "a folder"))
        return read
    if not any(map(_LANGUAGE_FILE.fullmatch, names)):
        takes = " or ".join(f"{one}.md" for one in languages)
        read.problems.append(ArticleProblem(f"{folder.name}/", "", "no text", takes))
    for language in languages:
        if f"{language}.md" in names:
            _read(folder, language, read)
    return read


def _read(folder: Path, language: str, read: ReadFolder) -> None:
    file = _File(folder, language, read.problems)
    try:
        article = file.read()
    except Exception as error:
        # A text that breaks the reader must not take the newspaper with it.
        logger.exception("article %s/%s.md cannot be read", folder.name, language)
        got = f"a text that cannot be read ({type(error).__name__})"
        read.problems.append(ArticleProblem(f"{folder.name}/{language}.md", "", got, "a simpler text"))
        return
    if article is not None and not _differs(article, read):
        read.articles.append(article)
        read.paths |= file.paths


class _File:
    """One text of an article. ``paths`` are the files that it shows, by slug and name."""

    def __init__(self, folder: Path, language: str, problems: list[ArticleProblem]) -> None:
        self.paths: dict[tuple[str, str], Path] = {}
        self._folder = folder
        self._language = language
        self._problems = problems
        self._refused: list[str] = []
        """The fields with problems for which the text is left out."""

    def read(self) -> Article | None:
        """Return the text, or None where it cannot be served."""
        source = self._source()
        if source is None:
            return None
        parts = front_matter.split(source)
        if isinstance(parts, str):
            self._report("", parts, "fields in YAML between two lines ---, then the text", 1)
            return None
        first_line, yaml, markdown = parts
        matter = front_matter.read(yaml, self._report, first_line)
        illustration = self._illustration(matter)
        offset = source.count("\n", 0, len(source) - len(markdown))
        text = self._text(markdown, offset, matter.kind)
        if text is None or self._refused:
            return None
        is_free = matter.kind is ArticleKind.FREE
        return Article(
            slug=self._folder.name,
            language=self._language,
            title=matter.title,
            standfirst=matter.standfirst,
            section=matter.section,
            section_code=matter.section_code,
            byline=matter.byline,
            published=matter.published,
            updated=matter.updated,
            kind=matter.kind,
            illustration=illustration,
            placement=matter.placement,
            tags=matter.tags,
            access_codes=matter.access_codes,
            words=text.words,
            reading_minutes=text.reading_minutes,
            teaser_blocks=text.teaser,
            rest=text.rest,
            teaser_notes="" if is_free else text.teaser_notes,
            # Without a wall all notes stand at the end.
            rest_notes=text.all_notes if is_free else text.rest_notes,
        )

    def _report(self, field: str, got: str, takes: str, line: int = 0) -> None:
        self._refused.append(field)
        self._note(field, got, takes, line, served=False)

    def _note(self, field: str, got: str, takes: str, line: int, *, served: bool) -> None:
        name = f"{self._folder.name}/{self._language}.md"
        self._problems.append(ArticleProblem(name, field, got, takes, line, served))

    def _source(self) -> str | None:
        path = self._folder / f"{self._language}.md"
        try:
            if path.stat().st_size > LARGEST_BYTES:
                self._report("", "a file that is too large", f"at most {LARGEST_BYTES // 1024} kB")
                return None
            return decode(path.read_bytes())
        except UnreadableText as error:
            self._report("", str(error), TAKES, error.line)
        except OSError as error:
            self._report("", f"a file that cannot be read ({error.strerror})", "a text file")
        return None

    def _illustration(self, matter: front_matter.FrontMatter) -> Illustration | None:
        if not matter.illustration:
            return None
        try:
            path = illustrations.find(self._folder, matter.illustration)
            width, height = illustrations.read_size(path)
        except illustrations.IllustrationProblem as problem:
            self._report("illustration", str(problem), _IMAGE_TAKES, matter.lines["illustration"])
            return None
        self.paths[self._folder.name, matter.illustration] = path
        return Illustration(
            file_name=matter.illustration,
            alt=matter.illustration_alt,
            caption=matter.caption,
            credit=matter.illustration_credit,
            width=width,
            height=height,
        )

    def _picture(self, file_name: str) -> Picture | str:
        """A picture in the text, under a name that cannot be guessed from the file's."""
        if not illustrations.is_file_name(file_name):
            return PICTURE
        try:
            path = illustrations.find(self._folder, file_name)
            width, height = illustrations.read_size(path)
            digest = blake2b(path.read_bytes(), digest_size=12).hexdigest()
        except (illustrations.IllustrationProblem, OSError) as problem:
            return f"the picture {problem}"
        name = f"{digest}{path.suffix.lower()}"
        self.paths[self._folder.name, name] = path
        return Picture(f"{MEDIA}/{quote(self._folder.name)}/{name}", width, height)

    def _text(self, source: str, offset: int, kind: ArticleKind) -> Text | None:
        try:
            text = read_text(source, self._picture)
        except TextProblem as problem:
            self._report("text", problem.got, problem.takes, problem.line + offset if problem.line else 0)
            return None
        lost = next(
            lost_letters([block.html for block in (*text.teaser, *text.rest)] + [text.all_notes]), None
        )
        if lost is not None:
            self._report("text", lost[1], TAKES)
            return None
        self._note_omissions(text.omissions, offset)
        if kind is not ArticleKind.FREE and not {"", "kind"}.intersection(self._refused):
            self._expect_rest(text, kind)
        return text

    def _note_omissions(self, omissions: Sequence[Omission], offset: int) -> None:
        """Each kind once, at its first line."""
        counts = Counter((one.got, one.takes) for one in omissions)
        first: dict[tuple[str, str], int] = {}
        for one in omissions:
            first.setdefault((one.got, one.takes), one.line + offset if one.line else 0)
        for (got, takes), count in counts.items():
            times = f" ({count} times)" if count > 1 else ""
            self._note("text", f"{got}{times}", takes, first[got, takes], served=True)

    def _expect_rest(self, text: Text, kind: ArticleKind) -> None:
        if not text.rest:
            # A wall with nothing behind it would sell the reader what they have just read.
            got = f"a {kind} article that ends with its teaser"
            self._report("text", got, "text after the teaser, or kind: free")
        if text.walled_marks:
            got = "a footnote of the teaser whose text stands behind the wall"
            self._note("text", got, "the note's text above the end of the teaser", 0, served=True)


_SHARED: dict[str, Callable[[Article], object]] = {
    "kind": lambda one: str(one.kind),
    "section_code": lambda one: one.section_code,
    "access_codes": lambda one: list(one.access_codes),
}
"""Fields that decide about access or place and so cannot differ between languages."""


def _differs(other: Article, read: ReadFolder) -> bool:
    """True if the text says of access or place what an earlier language does not; told among the problems."""
    if not read.articles:
        return False
    first = read.articles[0]
    found = [
        ArticleProblem(
            f"{other.slug}/{other.language}.md",
            name,
            repr(value(other)),
            f"the same as in {first.language}.md: {value(first)!r}",
        )
        for name, value in _SHARED.items()
        if value(other) != value(first)
    ]
    read.problems += found
    return bool(found)
