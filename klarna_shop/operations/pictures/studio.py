"""A product manager's walk through the studio: pictures for docs/studio.md, in the order they stand there."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page, expect

from klarna_shop.operations.pictures.camera import take

PATIENCE_MILLISECONDS = 15_000


def walk(context: BrowserContext) -> None:
    """Design, check, preview, publish, roll back; provoke and follow; compare and count."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    page = context.new_page()
    page.goto("/en")
    premium = page.locator('[data-testid="article-card"][data-access="premium"]').first
    article = f"/en/article/{premium.get_attribute('data-slug')}"
    page.goto("/studio")
    take(page, "studio")
    _design(page)
    _preview(page)
    _publish(page, article)
    _provoke(page, article)
    _compare(page)


def _design(page: Page) -> None:
    page.goto("/studio/paywalls")
    page.locator('[data-testid="template-start"]').first.wait_for()
    take(page, "studio-paywalls")
    page.locator('[data-testid="template-start"][data-template="trial-comparison"]').click()
    page.wait_for_url(re.compile("design="))
    page.get_by_test_id("preview-kind-premium").click()
    preview = page.frame_locator('[data-testid="studio-preview"]')
    expect(preview.get_by_test_id("paywall")).to_be_visible()
    take(page, "studio-editor")
    button = page.get_by_label("Buy button", exact=True)
    wanted = button.input_value()
    button.fill("Gratis i en månad")
    page.get_by_test_id("design-finding").first.wait_for(state="attached")
    page.get_by_test_id("design-checks").click()
    page.evaluate("scrollTo(0, 0)")
    take(page, "studio-check")
    button.fill(wanted)
    expect(page.get_by_test_id("design-finding")).to_have_count(0)


def _preview(page: Page) -> None:
    page.get_by_role("link", name="Other readers, side by side").click()
    page.wait_for_url(re.compile("/studio/preview"))
    premium = page.get_by_label("Page", exact=True).locator("option").filter(has_text="(premium)").first
    page.get_by_label("Page", exact=True).select_option(premium.get_attribute("value"))
    page.get_by_label("Reader", exact=True).nth(1).select_option("subscriber")
    page.get_by_label("Device", exact=True).nth(1).select_option("phone")
    frames = page.locator('[data-testid="studio-preview"]')
    frames.first.content_frame.get_by_test_id("paywall").wait_for()
    frames.nth(1).content_frame.get_by_test_id("article-body").wait_for()
    page.get_by_test_id("preview-walls").click()
    page.evaluate("scrollTo(0, 330)")
    take(page, "studio-preview")


def _publish(page: Page, article: str) -> None:
    page.goto("/studio/paywalls")
    page.locator('[data-testid="studio-paywall-row"][data-status="draft"]').first.get_by_test_id(
        "studio-paywall-edit"
    ).click()
    page.get_by_test_id("studio-publish").click()
    page.get_by_test_id("design-versions").click()
    page.locator('[data-testid="design-version"]').first.scroll_into_view_if_needed()
    take(page, "studio-versions")
    page.goto(article)
    expect(page.get_by_test_id("paywall")).to_have_attribute("data-layout", "offer_comparison")
    page.get_by_test_id("why-this-wall").locator("summary").click()
    page.get_by_test_id("paywall").scroll_into_view_if_needed()
    page.get_by_test_id("why-this-wall").scroll_into_view_if_needed()
    take(page, "studio-wall")


def _provoke(page: Page, article: str) -> None:
    page.goto(article)
    page.evaluate("scrollTo(0, 0)")
    page.get_by_test_id("switches").locator("summary").click()
    switches = page.get_by_test_id("switches").frame_locator("iframe")
    switches.get_by_test_id("switch-outcome").select_option("klarna_refuse")
    switches.get_by_text("The reader should see").wait_for()
    take(page, "studio-switches")
    page.goto("/studio/scenarios")
    page.locator('[data-testid="scenario-option"][data-scenario="klarna_refuse"]').click()
    page.wait_for_url(re.compile("/packages"))
    page.get_by_test_id("customer-email").fill("alva.strand@exempel.example")
    page.get_by_test_id("customer-first-name").fill("Alva")
    page.get_by_test_id("customer-last-name").fill("Strand")
    page.get_by_test_id("package-continue").click()
    page.locator('[data-testid="klarna-widget"][data-status="ready"]').wait_for()
    page.get_by_test_id("checkout-buy").click()
    page.get_by_test_id("checkout-error").wait_for()
    take(page, "studio-refused")
    page.goto("/studio/scenarios")
    take(page, "studio-scenarios")
    page.goto("/studio/flows")
    page.locator('[data-testid="flow-row"]').first.click()
    page.locator('[data-testid="flow-call"]').first.wait_for()
    take(page, "studio-flow")


def _compare(page: Page) -> None:
    page.goto("/studio/experiments")
    page.get_by_label("Name", exact=True).fill("Offers side by side")
    page.get_by_label("What you expect, and why").fill(
        "Who sees all prices at once chooses more often: nobody has to press a button to find them."
    )
    designs = page.get_by_test_id("experiment-design")
    designs.nth(0).select_option("standard")
    published = designs.nth(1).locator("option:not([value='']):not([value='standard'])")
    designs.nth(1).select_option(published.first.get_attribute("value") or "")
    page.get_by_test_id("experiment-create").click()
    page.wait_for_url(re.compile("experiment="))
    page.get_by_test_id("experiment-start").click()
    page.locator('[data-testid="experiment-status"][data-status="running"]').wait_for()
    page.get_by_test_id("simulation").click()
    page.get_by_label("Seed").fill("3")
    page.get_by_test_id("simulate").click()
    page.get_by_test_id("simulation-look").wait_for(timeout=120_000)
    page.get_by_test_id("experiment-traffic").click()
    page.get_by_role("img", name=re.compile("lift of orders")).wait_for()
    page.get_by_test_id("experiment-result").first.scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, 120)")
    take(page, "studio-experiment")
    page.get_by_role("link", name="Their funnel").click()
    page.get_by_test_id("funnel-group").first.wait_for()
    page.get_by_test_id("funnel-filter").click()
    page.evaluate("scrollTo(0, 0)")
    take(page, "studio-funnel")
