"""The designs that one starts from are ones that could be published as they are."""

from __future__ import annotations

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.paywalls.document import AccessModel, Layout
from klarna_shop.shop.paywalls.standard import STANDARD_SLUG, standard_design
from klarna_shop.shop.paywalls.templates import Template, templates


def test_there_is_one_for_each_model_and_each_layout_with_a_name_and_a_purpose() -> None:
    designs = [template.design for template in templates()]
    assert len(designs) >= 6
    assert {design.access.model for design in designs} == set(AccessModel)
    assert {design.layout for design in designs} == set(Layout)
    assert len({design.name for design in designs}) == len(designs)
    assert all(design.purpose and set(design.copy_) == {"sv", "en"} for design in designs)


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.key)
async def test_nothing_is_to_be_put_right_in_a_template(house: House, template: Template) -> None:
    editing = house.shop.design_editing
    assert await editing.check("new", template.design) == ()
    draft = await editing.start_from(template.design)
    assert (await editing.publish(draft.slug, draft.revision)).number == 1


async def test_nothing_is_to_be_put_right_in_the_standard_design(house: House) -> None:
    assert await house.shop.design_editing.check(STANDARD_SLUG, standard_design()) == ()
