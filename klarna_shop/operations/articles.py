"""Faults in the folder of articles, told at the start and by the doctor."""

from __future__ import annotations

from klarna_shop.operations.findings import Finding, Grade
from klarna_shop.operations.progress import StepFailed, say
from klarna_shop.settings import Settings
from klarna_shop.shop.articles import ArticleError, ArticleLibrary, ArticleProblem
from klarna_shop.ui.languages import languages

MOST_TOLD = 20
"""Problems that the start tells; the doctor tells all."""
LEFT_OUT = "Readers do not see this article in this language; all others are served."
WITHOUT = "Readers see the article without it."


def tell_problems(settings: Settings) -> None:
    """Print what is wrong with the articles before the shop starts.

    Raises:
        StepFailed: there is not one article to serve.
    """
    try:
        problems = ArticleLibrary.load(settings.articles_dir, languages()).problems
    except ArticleError as error:
        raise StepFailed(f"ARTICLES_DIR ({settings.articles_dir}) has no article to serve: {error}") from None
    for problem in problems[:MOST_TOLD]:
        say(f"articles: {_told(problem)}")
    if len(problems) > MOST_TOLD:
        say(f"articles: {len(problems) - MOST_TOLD} more problems; `make doctor` lists all")


def check_articles(settings: Settings) -> list[Finding]:
    """Return a finding for every problem, or one that says how many articles are served."""
    part = "articles"
    try:
        library = ArticleLibrary.load(settings.articles_dir, languages())
    except ArticleError as error:
        cost = "The shop does not start. Look at ARTICLES_DIR."
        return [Finding(part, Grade.WRONG, str(problem), cost) for problem in error.problems]
    served = Finding(part, Grade.GOOD, f"{len(library.slugs())} served")
    return [
        served,
        *(
            Finding(part, Grade.POOR, str(problem), WITHOUT if problem.served else LEFT_OUT)
            for problem in library.problems
        ),
    ]


def _told(problem: ArticleProblem) -> str:
    return f"{problem} ({'shown without it' if problem.served else 'left out'})"
