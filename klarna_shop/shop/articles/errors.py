"""What can be wrong with a folder of articles, said so that its author can put it right."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleProblem:
    """One thing to correct: where it stands, what stands there, what may stand there.

    ``file`` is relative to the folder of articles; ``field`` is a front matter field, ``text`` for
    the Markdown below it, or empty where the whole file or folder is meant.
    """

    file: str
    field: str
    got: str
    takes: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.field}" if self.field else self.file
        return f"{where}: got {self.got}; takes {self.takes}"


class ArticleError(Exception):
    """The folder of articles cannot be used. ``problems`` holds everything found, not just the first."""

    def __init__(self, problems: Iterable[ArticleProblem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"{count} problem{'' if count == 1 else 's'} in the articles:\n{lines}")
