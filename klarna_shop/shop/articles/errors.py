"""Faults in a folder of articles, told so that their author can put them right."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleProblem:
    """One thing to correct: where it stands, what stands there, what may stand there.

    ``file`` is relative to the folder of articles; ``field`` is a front matter field, ``text`` for
    the Markdown below it, or empty where the whole file or folder is meant. ``line`` counts from 1 in the
    file and is 0 where no line is meant.
    """

    file: str
    field: str
    got: str
    takes: str
    line: int = 0
    served: bool = False
    """True if readers get the article all the same, without what the problem names."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = f"{place}: {self.field}" if self.field else place
        return f"{where}: got {self.got}; takes {self.takes}"


class ArticleError(Exception):
    """The folder of articles cannot be used. ``problems`` holds everything found, not just the first."""

    def __init__(self, problems: Iterable[ArticleProblem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"{count} problem{'' if count == 1 else 's'} in the articles:\n{lines}")
