"""Category and agency by the tenant's keywords (first cut)."""

from normalizer.draft import Finding, PdSuggestion
from normalizer.tenant import Tenant


def suggest(masked: str, tenant: Tenant) -> tuple[Finding[str] | None, tuple[PdSuggestion, ...]]:
    """Return the category and up to three agencies."""
    scores = [
        (sum(len(word) for word in agency.keywords if word in masked), agency)
        for agency in tenant.agencies
    ]
    best = sorted((row for row in scores if row[0]), key=lambda row: -row[0])[:3]
    pds = tuple(
        PdSuggestion(a.code, 0.5, tuple(w for w in a.keywords if w in masked)) for _, a in best
    )
    category = next((c.code for s in pds for c in tenant.categories if c.default_pd == s.pd), None)
    return (Finding(category, 0.5) if category else None), pds
