"""What the studio does with designs: start from a template, check, publish, import."""

from __future__ import annotations

from dataclasses import dataclass

from klarna_shop.shop.articles import ArticleKind, ArticleLibrary
from klarna_shop.shop.clock import Clock
from klarna_shop.shop.offers import OfferCatalogue
from klarna_shop.shop.paywalls.checks import ArticleFacts, Finding, Surroundings, check, errors
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.exchange import import_design, slug_for
from klarna_shop.shop.paywalls.store import Designs
from klarna_shop.shop.paywalls.stored import Change, DesignChanged, Draft, Version


class DesignRefused(Exception):
    """The design has errors and was not published; `findings` are those."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(f"{finding.path}: {finding.sentence}" for finding in findings))
        self.findings = findings


@dataclass(frozen=True)
class DesignEditing:
    """Designs together with what they are held against."""

    designs: Designs
    offers: OfferCatalogue
    articles: ArticleLibrary
    languages: tuple[str, ...]
    payment_method_category: str
    clock: Clock

    async def surroundings(self, slug: str) -> Surroundings:
        """What the design of this slug is checked against now."""
        return Surroundings(
            now=self.clock(),
            slug=slug,
            languages=self.languages,
            articles=self._walled_articles(),
            offers=await self.offers.at_hand(),
            others=await self.designs.published(),
            payment_method_category=self.payment_method_category,
        )

    async def check(self, slug: str, design: PaywallDesign) -> tuple[Finding, ...]:
        """What is to be put right in a document, saved or not; errors first."""
        return check(design, await self.surroundings(slug))

    async def publish(self, slug: str, revision: int, note: str = "") -> Version:
        """Put the draft in force, if it has no errors.

        Raises:
            DesignRefused: it has.
            DesignMissing: there is no such design.
            DesignChanged: the draft is no longer the one that was read at `revision`.
        """
        draft = await self.designs.draft(slug)
        if draft.revision != revision:
            raise DesignChanged(draft.revision)
        refused = errors(await self.check(slug, draft.design))
        if refused:
            raise DesignRefused(refused)
        return await self.designs.publish(slug, revision, note)

    async def start_from(self, design: PaywallDesign, what: Change = Change.CREATED) -> Draft:
        """A new draft with this document, under a free slug after its name."""
        taken = {draft.slug for draft in await self.designs.all()}
        return await self.designs.create(slug_for(design.name, taken), design, what)

    async def import_new(self, content: str | bytes) -> Draft:
        """A new draft from a file.

        Raises:
            NotADesign: with every field that must be put right.
        """
        return await self.start_from(import_design(content), Change.IMPORTED)

    async def import_into(self, slug: str, content: str | bytes, revision: int) -> Draft:
        """Replace a draft by a file. Raises as `import_new` and `Designs.save` do."""
        return await self.designs.save(slug, import_design(content), revision, Change.IMPORTED)

    def _walled_articles(self) -> tuple[ArticleFacts, ...]:
        return tuple(
            ArticleFacts(article.section_code, frozenset(article.tags), language)
            for language in self.languages
            for article in self.articles.front_page(language)
            if article.kind is not ArticleKind.FREE
        )
