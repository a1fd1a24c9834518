"""All articles of the newspaper, read from their folder at start."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from klarna_shop.shop.articles.errors import ArticleError, ArticleProblem
from klarna_shop.shop.articles.model import Article, Section
from klarna_shop.shop.articles.reading import read_folder


class ArticleLibrary:
    """The articles in memory. Does not change after loading, so any number of readers may share it."""

    def __init__(
        self,
        articles: Iterable[Article],
        illustration_paths: Mapping[tuple[str, str], Path] | None = None,
        problems: Iterable[ArticleProblem] = (),
    ) -> None:
        self._articles = MappingProxyType({(one.language, one.slug): one for one in articles})
        self._illustration_paths = MappingProxyType(dict(illustration_paths or {}))
        self.problems = tuple(problems)

    @classmethod
    def load(cls, directory: Path, languages: Sequence[str] = ("sv", "en")) -> "ArticleLibrary":
        """Read every article in ``directory`` in each of ``languages``.

        Loose files, other languages, and folders whose name begins with a dot or an underscore are
        left alone. A faulty text is left out and told in ``problems``; it never takes another one with it.

        Raises:
            ArticleError: there is nothing to read, with everything that must be put right.
        """
        try:
            folders = sorted(path for path in directory.iterdir() if path.is_dir())
        except OSError as error:
            problem = ArticleProblem(
                directory.name, "", f"no folder ({error.strerror})", "a folder of articles"
            )
            raise ArticleError([problem]) from None
        articles: list[Article] = []
        paths: dict[tuple[str, str], Path] = {}
        problems: list[ArticleProblem] = []
        for folder in folders:
            if not folder.name.startswith((".", "_")):
                read = read_folder(folder, languages)
                articles += read.articles
                problems += read.problems
                paths |= read.paths
        if not articles:
            takes = "at least one folder with a text in " + " or ".join(languages)
            raise ArticleError(problems or [ArticleProblem(directory.name, "", "no articles", takes)])
        return cls(articles, paths, problems)

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
        """The image file an article shows, or None: no other file can be reached by any name.

        An illustration has its own name here, a picture in the text one with a digest of its content, since
        the text it belongs to may stand behind a wall.
        """
        return self._illustration_paths.get((slug, file_name))
