"""From pages to facts: pure functions over text and word boxes, in the calling process. Flags instead of guesses."""

from ingestion.understanding.document import understand

__all__ = ["understand"]
