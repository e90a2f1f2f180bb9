"""All values of one facet with their counts: what a person chooses from where the most frequent ones are not enough."""

from indexer.asking import Reader, TooMany, count, planned, readings
from indexer.backend import Bucket, SearchRequest
from indexer.fields import FACETS
from indexer.totals import question


def every_value(reader: Reader, request: SearchRequest, facet: str) -> tuple[Bucket, ...] | None:
    """Every value of a facet under the words and all filters but its own, most frequent first; None where there are
    more than the engine counts exactly. A facet that does not exist has no values.

    What was typed is read otherwise where `asking.ask` does so: it finds nothing, with all filters, and the other does.
    """
    if facet not in FACETS:
        return ()
    others = [other for other, _ in readings(reader, request)]
    if others and count(reader, [request]) == (0,):
        request = next((other for other in others if count(reader, [other])[0]), request)
    counted = reader.every_value(planned(reader, request, question(request)), facet)
    if isinstance(counted, TooMany):
        return None
    return tuple(sorted(counted, key=lambda bucket: (-bucket.count, bucket.value)))
