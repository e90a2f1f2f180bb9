"""All values of one facet with their counts: what a person chooses from where the most frequent ones are not enough."""

from dataclasses import replace

from indexer.asking import Reader, TooMany, count, planned, question
from indexer.backend import Bucket, SearchRequest
from indexer.fields import FACETS
from indexer.keystrokes import decoded


def every_value(reader: Reader, request: SearchRequest, facet: str) -> tuple[Bucket, ...] | None:
    """Every value of a facet under the words and all filters but its own, most frequent first; None where there are
    more than the engine counts exactly. A facet that does not exist has no values.

    What was typed is read as keystrokes where `asking.ask` does so: it finds nothing, with all filters, and they do.
    """
    if facet not in FACETS:
        return ()
    meant = decoded(request.text)
    if meant != request.text:
        as_meant = replace(request, text=meant)
        typed, other = count(reader, [request, as_meant])
        request = as_meant if other and not typed else request
    counted = reader.every_value(planned(reader, request, question(request)), facet)
    if isinstance(counted, TooMany):
        return None
    return tuple(sorted(counted, key=lambda bucket: (-bucket.count, bucket.value)))
