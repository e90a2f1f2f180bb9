"""`understand`: all facts of one document from its pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingestion.facts import Evidence, Fact, Facts, Flag
from ingestion.pages import Page, RegionKind, Source, is_weak
from ingestion.understanding.dates import find_dates
from ingestion.understanding.header import Head, read_head
from ingestion.understanding.layout import fragments
from ingestion.understanding.numbers import citations
from ingestion.understanding.persons import identities, people
from ingestion.understanding.signing import Signing, read_signing

_HANDWRITTEN_BELOW = 0.4  # mean calibrated confidence; print, however worn, stays above it
_PEN = 0.5  # score from which a region of handwriting counts
_CITED_DATE = 40  # characters after a cited number in which its own date stands
_LAST_PAGES = 3  # pages from the end on which the foot is looked for; annexes follow it


def understand(pages: Sequence[Page]) -> Facts:
    """Header facts, signer, identity numbers and people of the document that these pages make up.

    Pure and quick (about a millisecond a page). What cannot be known is None and flagged; values in conflict are all
    kept in `alternatives`.
    """
    told = [page for page in pages if page.text.strip()]
    if not told:
        return Facts(flags=tuple(str(flag) for flag in (Flag.UNKNOWN_TYPE, Flag.NO_NUMBER, Flag.NO_DATE)))
    head = read_head(fragments(told[0]))
    _later_citations(head, told)
    signing = _signing(told)
    flags = list(dict.fromkeys(head.flags))
    if is_weak(pages):
        flags.append(Flag.WEAK)
    if _handwritten(pages):
        flags.append(Flag.HANDWRITTEN)
    return Facts(
        type=head.type,
        number=head.number,
        suffix=head.suffix,
        symbol=head.symbol,
        date=head.date,
        body=head.body,
        place=head.place,
        subject=head.subject,
        signer=signing.name,
        signer_post=signing.post,
        signer_authority=signing.authority,
        flags=tuple(str(flag) for flag in flags),
        identities=identities(tuple(told)),
        people=people(tuple(told)),
        alternatives=tuple(head.alternatives),
    )


def _signing(told: Sequence[Page]) -> Signing:
    """The foot on the page that lists the recipients, else on the last pages; the first with a name wins."""
    marked = [page for page in told if re.search(r"N[ơo]i nh[ậâa]n\s*:", page.text)]
    best = Signing()
    for page in dict.fromkeys([*reversed(marked), *reversed(told[-_LAST_PAGES:])]):
        found = read_signing(fragments(page))
        if found.name is not None:
            return found
        if best.post is None:
            best = found
    return best


def _later_citations(head: Head, told: Sequence[Page]) -> None:
    """A document dated before one that it cites contradicts itself: both dates are kept and flagged."""
    if head.date is None:
        return
    for page in told:
        for cited in citations(page.text):
            for written in find_dates(page.text[cited.end : cited.end + _CITED_DATE]):
                if written.precision == "day" and written.value[: len(head.date.value)] > head.date.value:
                    start, end = cited.end + written.start, cited.end + written.end
                    later = Fact(written.value, Evidence(page.number, start, end, page.text[cited.start : end]))
                    later = replace(later, evidence=Evidence(page.number, start, end, page.text[start:end]))
                    head.flags.append(Flag.CONFLICTING_DATES)
                    head.alternatives += [("date", head.date), ("date", later)]
                    return
                break


def _handwritten(pages: Sequence[Page]) -> bool:
    """Whether a pen wrote it: handwriting was seen in the picture; where none was looked for, recognised so doubtfully
    that it is more likely a pen than a printer."""
    if any(region.kind is RegionKind.HANDWRITING and region.score >= _PEN for page in pages for region in page.regions):
        return True
    seen = [page.confidence for page in pages if page.source is Source.OCR and page.confidence is not None]
    return bool(seen) and sum(seen) / len(seen) < _HANDWRITTEN_BELOW
