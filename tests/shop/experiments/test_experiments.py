"""Experiments: who meets what while they run, what may follow what, and that the decision tells of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.articles import Article, ArticleKind
from klarna_shop.shop.experiments.assignment import Variant
from klarna_shop.shop.experiments.choosing import met_variant
from klarna_shop.shop.experiments.experiment import (
    TRANSITIONS,
    DesignNotPublished,
    DesignTaken,
    Experiment,
    ExperimentMissing,
    ExperimentStatus,
    WrongExperiment,
    WrongTransition,
)
from klarna_shop.shop.experiments.store import Experiments
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.previews import Persona, Preview
from klarna_shop.shop.reader import Reader

VARIANTS = (Variant("A", "standard"), Variant("B", "bold"))


async def publish(house: House, slug: str) -> None:
    """A hard wall in force that targeting chooses for nobody."""
    document = {"name": slug.title(), "access": {"model": "hard"}, "targeting": {"sections": ["nowhere"]}}
    draft = await house.shop.designs.create(slug, PaywallDesign.model_validate(document))
    await house.shop.designs.publish(slug, draft.revision)


@pytest.fixture
async def experiment(house: House) -> Experiment:
    """Standard against a bolder wall, not started."""
    await publish(house, "bold")
    return await house.shop.experiments.create("Bolder", "Bold sells", VARIANTS)


def premium(house: House) -> Article:
    """An article that everybody is walled off from."""
    return next(one for one in house.shop.articles.front_page("sv") if one.kind is ArticleKind.PREMIUM)


async def designs_met(house: House, visitors: Sequence[str]) -> list[str]:
    """The designs that these browsers meet."""
    decisions = [
        await house.shop.access.decide(Reader(visitor), premium(house), counting=False)
        for visitor in visitors
    ]
    return [decision.design for decision in decisions]


VISITORS = [f"visitor {number}" for number in range(60)]


async def test_a_draft_divides_nobody(house: House, experiment: Experiment) -> None:
    assert set(await designs_met(house, VISITORS)) == {"standard"}


async def test_while_it_runs_everybody_meets_the_variant_they_are_assigned(
    house: House, experiment: Experiment
) -> None:
    await house.shop.experiments.start(experiment.slug)
    expected = [experiment.allocation.variant_of(visitor) for visitor in VISITORS]
    assert await designs_met(house, VISITORS) == [one.design for one in expected if one]
    assert min(Counter(await designs_met(house, VISITORS)).values()) > 15
    decision = await house.shop.access.decide(Reader(VISITORS[0]), premium(house))
    assert expected[0] is not None
    assert (decision.experiment, decision.variant) == (experiment.slug, expected[0].name)
    assert decision.wall is not None
    assert decision.wall.variant == expected[0].name


async def test_another_process_divides_alike(house: House, experiment: Experiment) -> None:
    await house.shop.experiments.start(experiment.slug)
    other = Experiments(house.shop.database, house.shop.designs, house.shop.clock)
    published = await house.shop.designs.published()
    standard = next(one for one in published if one.slug == "standard")
    active = await other.snapshot.current(house.shop.database)
    met = [met_variant(visitor, standard, published, active).published.slug for visitor in VISITORS]
    assert met == await designs_met(house, VISITORS)


async def test_whoever_takes_no_part_and_whoever_has_no_cookie_meets_what_targeting_chose(
    house: House,
) -> None:
    await publish(house, "bold")
    small = await house.shop.experiments.create("Small", "", VARIANTS, share=0.2)
    await house.shop.experiments.start(small.slug)
    outside = [visitor for visitor in VISITORS if small.allocation.variant_of(visitor) is None]
    assert len(outside) > 30
    assert set(await designs_met(house, outside)) == {"standard"}
    decision = await house.shop.access.decide(Reader(), premium(house))
    assert (decision.design, decision.experiment, decision.variant) == ("standard", "", "")


async def test_paused_divides_nobody_and_goes_on_as_before(house: House, experiment: Experiment) -> None:
    experiments = house.shop.experiments
    await experiments.start(experiment.slug)
    before = await designs_met(house, VISITORS)
    await experiments.pause(experiment.slug)
    assert set(await designs_met(house, VISITORS)) == {"standard"}
    await experiments.start(experiment.slug)
    assert await designs_met(house, VISITORS) == before


async def test_the_winner_is_met_by_everybody_until_that_is_ended(
    house: House, experiment: Experiment
) -> None:
    experiments = house.shop.experiments
    await experiments.start(experiment.slug)
    promoted = await experiments.promote(experiment.slug, "B")
    assert (promoted.status, promoted.winner) == (ExperimentStatus.PROMOTED, "B")
    assert set(await designs_met(house, [*VISITORS])) == {"bold"}
    decision = await house.shop.access.decide(Reader(), premium(house))
    assert decision.design == "bold"
    assert decision.met is not None
    assert decision.met.promoted_by == "Bolder"
    await experiments.stop(experiment.slug)
    assert set(await designs_met(house, VISITORS)) == {"standard"}


async def test_a_winner_can_be_compared_with_the_next_one(house: House, experiment: Experiment) -> None:
    experiments = house.shop.experiments
    await experiments.start(experiment.slug)
    await experiments.promote(experiment.slug, "B")
    await publish(house, "calm")
    following = await experiments.create("Calmer", "", (Variant("A", "bold"), Variant("B", "calm")))
    await experiments.start(following.slug)
    assert set(await designs_met(house, VISITORS)) == {"bold", "calm"}


async def test_an_experiment_whose_design_is_gone_divides_nobody(
    house: House, experiment: Experiment
) -> None:
    await house.shop.experiments.start(experiment.slug)
    await house.shop.designs.unpublish("bold")
    assert set(await designs_met(house, VISITORS)) == {"standard"}


async def test_a_browser_that_begins_anew_is_drawn_anew(house: House, experiment: Experiment) -> None:
    await house.shop.experiments.start(experiment.slug)
    met = set()
    for _ in range(12):
        await house.shop.access.start_anew(Reader("tester"))
        met.update(await designs_met(house, ["tester"]))
        assert await designs_met(house, ["tester"]) == await designs_met(house, ["tester"])
    assert met == {"standard", "bold"}


async def test_a_preview_takes_part_in_nothing(house: House, experiment: Experiment) -> None:
    await house.shop.experiments.start(experiment.slug)
    await house.shop.access.start_anew(Reader("made up", preview=True))
    address = house.shop.previews.address(Preview(Persona.METER_USED_UP), "", "sv")
    opened = await house.shop.previews.open(address.partition("preview=")[2], "sv")
    for _ in range(3):
        decision = await opened.access.decide(opened.reader, premium(house), opened.request)
        assert (decision.design, decision.experiment, decision.variant) == ("standard", "", "")


async def test_only_published_designs_that_nobody_else_compares(house: House, experiment: Experiment) -> None:
    experiments = house.shop.experiments
    missing = await experiments.create("Missing", "", (Variant("A", "standard"), Variant("B", "unheard-of")))
    with pytest.raises(DesignNotPublished, match="unheard-of"):
        await experiments.start(missing.slug)
    await experiments.start(experiment.slug)
    await publish(house, "calm")
    other = await experiments.create("Other", "", (Variant("A", "bold"), Variant("B", "calm")))
    with pytest.raises(DesignTaken, match="Bolder"):
        await experiments.start(other.slug)
    await experiments.pause(experiment.slug)
    await experiments.start(other.slug)


@pytest.mark.parametrize(
    ("variants", "share"),
    [
        ((Variant("A", "standard"),), 1.0),
        (tuple(Variant(str(number), f"design-{number}") for number in range(7)), 1.0),
        ((Variant("A", "standard"), Variant("A", "bold")), 1.0),
        ((Variant("A", "standard"), Variant("B", "standard")), 1.0),
        ((Variant("A", "standard"), Variant("", "bold")), 1.0),
        ((Variant("A", "standard"), Variant("B", "bold", 0)), 1.0),
        (VARIANTS, 0.0),
        (VARIANTS, 1.5),
        (VARIANTS, float("nan")),
    ],
)
async def test_what_makes_no_sense_is_refused(
    house: House, variants: tuple[Variant, ...], share: float
) -> None:
    with pytest.raises(WrongExperiment):
        await house.shop.experiments.create("Nonsense", "", variants, share)
    with pytest.raises(WrongExperiment):
        await house.shop.experiments.create("  ", "", VARIANTS)
    assert await house.shop.experiments.all() == ()


@pytest.mark.parametrize("before", ExperimentStatus)
@pytest.mark.parametrize("after", ["start", "pause", "stop", "promote"])
async def test_what_may_follow_what(
    house: House, experiment: Experiment, before: ExperimentStatus, after: str
) -> None:
    experiments, slug = house.shop.experiments, experiment.slug
    ways = {
        ExperimentStatus.DRAFT: (),
        ExperimentStatus.RUNNING: ("start",),
        ExperimentStatus.PAUSED: ("start", "pause"),
        ExperimentStatus.STOPPED: ("start", "stop"),
        ExperimentStatus.PROMOTED: ("start", "promote"),
    }

    async def go(step: str) -> Experiment:
        if step == "promote":
            return await experiments.promote(slug, "B")
        changed: Experiment = await getattr(experiments, step)(slug)
        return changed

    for step in ways[before]:
        await go(step)
    target = {"start": "running", "pause": "paused", "stop": "stopped", "promote": "promoted"}[after]
    history = len(await experiments.history(slug))
    if ExperimentStatus(target) in TRANSITIONS[before]:
        assert (await go(after)).status == target
        assert len(await experiments.history(slug)) == history + 1
    else:
        with pytest.raises(WrongTransition):
            await go(after)
        assert (await experiments.find(slug)).status is before
        assert len(await experiments.history(slug)) == history


async def test_what_is_over_can_be_taken_away_and_its_name_is_not_used_again(
    house: House, experiment: Experiment
) -> None:
    experiments = house.shop.experiments
    await experiments.start(experiment.slug)
    with pytest.raises(WrongTransition):
        await experiments.delete(experiment.slug)
    await experiments.stop(experiment.slug)
    await experiments.delete(experiment.slug)
    with pytest.raises(ExperimentMissing):
        await experiments.find(experiment.slug)
    again = await experiments.create("Bolder", "", VARIANTS)
    assert again.slug != experiment.slug
