"""Who signs: the post that the rules name for this kind of body, or its deputy for it (Decree 30/2020 Article 13)."""

from collections.abc import Mapping
from typing import Any

from config.rules import Issuer
from doc_templates.context import Problem
from indexer.folding import fold

AS_HEAD = frozenset({"", "—", "Q.", "TM."})
"""Prefixes under which the post itself signs: in person, as acting head, on behalf of the collective body."""

AS_DEPUTY = "KT."


def signer_problems(facts: Mapping[str, Any], issuer: Issuer) -> tuple[Problem, ...]:
    """A problem where the signer of the paper does not hold a post that the rules name; TL. and TUQ. are refused since
    the rules name no other post for the generated forms."""
    signer = facts.get("signer", {})
    prefix = str(signer.get("prefix") or "")
    position = fold(str(signer.get("position") or ""))
    if not position:
        return ()  # a missing fact, named as such
    if prefix in AS_HEAD:
        allowed = issuer.position
    elif prefix == AS_DEPUTY:
        allowed = issuer.deputy
    else:
        allowed = ""
    if allowed and position == fold(allowed):
        return ()
    posts = f"{issuer.position}" + (f", hoặc KT. {issuer.position} do {issuer.deputy}" if issuer.deputy else "")
    return (Problem("signer_post", "signer.position", f"Người ký phải là {posts}.", issuer.basis),)
