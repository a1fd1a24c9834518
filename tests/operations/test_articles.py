"""What is wrong with the articles is told at the start, by the doctor and in the studio."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from klarna_shop.assembly import House
from klarna_shop.operations.articles import check_articles, tell_problems
from klarna_shop.operations.findings import Grade
from klarna_shop.operations.progress import StepFailed
from klarna_shop.settings import Settings, read_settings
from klarna_shop.shop.articles import ArticleLibrary
from klarna_shop.shop.current import install_shop
from klarna_shop.ui.languages import languages
from klarna_shop.ui.studio.articles.state import ArticleProblemsState
from tests.house import newspaper
from tests.ui.tab import new_tab, run, visit

HEAD = """---
title: A
standfirst: B
section: C
section_code: c
byline: D
published: 2026-11-20T06:00:00+01:00
kind: free
---
"""


def _settings(folder: Path, **texts: str) -> Settings:
    for name, text in texts.items():
        (folder / name).mkdir()
        (folder / name / "sv.md").write_text(text, encoding="utf-8")
    return read_settings(articles_dir=folder)


def test_the_start_and_the_doctor_tell_every_problem_and_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = _settings(
        tmp_path, good=HEAD + "Text {{ x }}.", bad=HEAD.replace("title: A", "title: {{ A }}") + "Text."
    )
    tell_problems(settings)
    told = capsys.readouterr().out
    assert "articles: bad/sv.md:2: title: got" in told
    assert "articles: good/sv.md:10: text: got a template or shortcode" in told
    findings = check_articles(settings)
    assert [finding.grade for finding in findings] == [Grade.GOOD, Grade.POOR, Grade.POOR]
    assert "left" not in findings[2].cost
    assert "Readers do not see this article" in findings[1].cost


def test_a_folder_without_a_good_article_stops_the_start_with_its_problems(tmp_path: Path) -> None:
    settings = _settings(tmp_path, bad="no front matter")
    with pytest.raises(StepFailed, match="ARTICLES_DIR"):
        tell_problems(settings)
    assert [finding.grade for finding in check_articles(settings)] == [Grade.WRONG]


def test_the_demo_has_nothing_to_put_right() -> None:
    assert newspaper().problems == ()
    assert languages() == ("sv", "en")


async def test_the_studio_lists_every_problem(house: House, tmp_path: Path) -> None:
    settings = _settings(tmp_path, good=HEAD + "Text.", bad="none")
    install_shop(replace(house.shop, articles=ArticleLibrary.load(settings.articles_dir)))
    root = new_tab()
    visit(root, "/studio")
    state: Any = await root.get_state(ArticleProblemsState)
    await run(state, "show")
    assert [(row.place, row.served) for row in state.rows] == [("bad/sv.md line 1", False)]
    assert state.more == 0
