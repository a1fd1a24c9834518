"""All articles of the newspaper, read from their folder at start."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from klarna_shop.shop.articles import front_matter, illustrations
from klarna_shop.shop.articles.errors import ArticleError, ArticleProblem
from klarna_shop.shop.articles.model import Article, ArticleKind, Illustration, Section
from klarna_shop.shop.articles.text import Text, TextProblem, read_text

_LANGUAGE_FILE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?\.md")


class ArticleLibrary:
    """The articles in memory. Does not change after loading, so any number of readers may share it."""

    def __init__(
        self, articles: Iterable[Article], illustration_paths: Mapping[tuple[str, str], Path] | None = None
    ) -> None:
        self._articles = MappingProxyType({(one.language, one.slug): one for one in articles})
        self._illustration_paths = MappingProxyType(dict(illustration_paths or {}))

    @classmethod
    def load(cls, directory: Path, languages: Sequence[str] = ("sv", "en")) -> "ArticleLibrary":
        """Read every article in ``directory`` in each of ``languages``.

        Loose files, other languages, and folders whose name begins with a dot or an underscore are
        left alone.

        Raises:
            ArticleError: with everything that must be put right, in all files.
        """
        if not directory.is_dir():
            raise ArticleError([ArticleProblem(directory.name, "", "no folder", "a folder of articles")])
        articles: list[Article] = []
        paths: dict[tuple[str, str], Path] = {}
        problems: list[ArticleProblem] = []
        for folder in sorted(path for path in directory.iterdir() if path.is_dir()):
            if folder.name.startswith((".", "_")):
                continue
            if not front_matter.SLUG.fullmatch(folder.name):
                problems.append(
                    ArticleProblem(
                        f"{folder.name}/",
                        "",
                        "this name",
                        "small letters a-z and digits, parted by single hyphens",
                    )
                )
                continue
            if not any(_LANGUAGE_FILE.fullmatch(path.name) for path in folder.iterdir()):
                problems.append(
                    ArticleProblem(
                        f"{folder.name}/", "", "no text", " or ".join(f"{one}.md" for one in languages)
                    )
                )
            translations = [
                article
                for language in languages
                if (folder / f"{language}.md").is_file()
                and (article := _read(folder, language, problems)) is not None
            ]
            problems += _differences(translations)
            articles += translations
            for article in translations:
                if article.illustration is not None:
                    file_name = article.illustration.file_name
                    paths[article.slug, file_name] = folder / file_name
        if not articles and not problems:
            takes = "at least one folder with a text in " + " or ".join(languages)
            problems.append(ArticleProblem(directory.name, "", "no articles", takes))
        if problems:
            raise ArticleError(problems)
        return cls(articles, paths)

    def front_page(self, language: str) -> tuple[Article, ...]:
        """The articles that exist in ``language``: by placement, then the newest first."""
        chosen = [article for article in self._articles.values() if article.language == language]
        return tuple(
            sorted(chosen, key=lambda one: (one.placement.rank, -one.published.timestamp(), one.slug))
        )

    def sections(self, language: str) -> tuple[Section, ...]:
        """The sections that have articles: the largest first, as the front page has them below its top.

        Among sections of one size, that comes first which the front page shows first.
        """
        found: dict[str, Section] = {}
        sizes: Counter[str] = Counter()
        for article in self.front_page(language):
            found.setdefault(article.section_code, Section(article.section_code, article.section))
            sizes[article.section_code] += 1
        return tuple(sorted(found.values(), key=lambda section: -sizes[section.code]))

    def find(self, language: str, slug: str) -> Article | None:
        """The article, or None where it does not exist in that language."""
        return self._articles.get((language, slug))

    def languages_of(self, slug: str) -> tuple[str, ...]:
        """The languages in which the article exists, in the order of loading; empty for no article."""
        return tuple(language for language, known in self._articles if known == slug)

    def slugs(self) -> tuple[str, ...]:
        """The slugs of all articles, in alphabetical order."""
        return tuple(sorted({slug for _, slug in self._articles}))

    def illustration_path(self, slug: str, file_name: str) -> Path | None:
        """The image file an article declares, or None: no other file can be reached by any name."""
        return self._illustration_paths.get((slug, file_name))


def _read(folder: Path, language: str, problems: list[ArticleProblem]) -> Article | None:
    """One article file, or None after adding to ``problems`` what is wrong with it."""
    path = folder / f"{language}.md"
    found: list[ArticleProblem] = []

    def report(field: str, got: str, takes: str) -> None:
        found.append(ArticleProblem(f"{folder.name}/{path.name}", field, got, takes))

    article = _parse(folder, language, path, report, found)
    problems += found
    return article


def _parse(
    folder: Path, language: str, path: Path, report: front_matter.Report, found: list[ArticleProblem]
) -> Article | None:
    try:
        source = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        report("", "bytes that are not UTF-8", "a text in UTF-8")
        return None
    except OSError as error:
        report("", f"a file that cannot be read ({error.strerror})", "a text file")
        return None
    parts = front_matter.split(source)
    if parts is None:
        report("", "no front matter", "fields between two lines ---, then the text")
        return None
    matter = front_matter.read(parts[0], report)
    illustration = _illustration(folder, matter, report)
    text = _text(parts[1], report)
    if text is not None and not text.rest and not any(one.field in {"", "kind"} for one in found):
        _expect_rest(matter.kind, report)
    if found or text is None:
        return None
    return Article(
        slug=folder.name,
        language=language,
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
    )


def _illustration(
    folder: Path, matter: front_matter.FrontMatter, report: front_matter.Report
) -> Illustration | None:
    if not matter.illustration:
        return None
    try:
        width, height = illustrations.read_size(illustrations.find(folder, matter.illustration))
    except illustrations.IllustrationProblem as problem:
        takes = "an image file beside the article: " + ", ".join(illustrations.TYPES)
        report("illustration", str(problem), takes + "; SVG without script and outside references")
        return None
    return Illustration(
        file_name=matter.illustration,
        alt=matter.illustration_alt,
        caption=matter.caption,
        credit=matter.illustration_credit,
        width=width,
        height=height,
    )


def _text(source: str, report: front_matter.Report) -> Text | None:
    try:
        return read_text(source)
    except TextProblem as problem:
        report("text", problem.got, problem.takes)
        return None


def _expect_rest(kind: ArticleKind, report: front_matter.Report) -> None:
    # A wall with nothing behind it would sell the reader what they have just read.
    if kind is not ArticleKind.FREE:
        report("text", f"a {kind} article that ends with its teaser", "text after the teaser, or kind: free")


def _differences(translations: Sequence[Article]) -> list[ArticleProblem]:
    """Fields that decide about access or place and so cannot differ between languages."""
    shared: dict[str, Callable[[Article], object]] = {
        "kind": lambda one: str(one.kind),
        "section_code": lambda one: one.section_code,
        "access_codes": lambda one: list(one.access_codes),
    }
    return [
        ArticleProblem(
            f"{other.slug}/{other.language}.md",
            name,
            repr(value(other)),
            f"the same as in {translations[0].language}.md: {value(translations[0])!r}",
        )
        for other in translations[1:]
        for name, value in shared.items()
        if value(other) != value(translations[0])
    ]
