"""Text with the words that were found marked in it."""

from collections.abc import Sequence

from markupsafe import Markup, escape

_JOINS = 2  # so many blanks between two marks are marked with them


def marked(text: str, marks: Sequence[tuple[int, int]]) -> Markup:
    """The text as HTML; `marks` are (start, end), in order, not overlapping. A page of results shows sixty pieces, for
    which a macro takes three times as long."""
    made: list[str] = []
    at = 0
    for start, end in marks:
        between = text[at:start]
        if made and between.isspace() and len(between) <= _JOINS:
            made.append(escape(between))
        else:
            made += ("</mark>" if made else "", escape(between), "<mark>")
        made.append(escape(text[start:end]))
        at = end
    made += ("</mark>" if made else "", escape(text[at:]))
    return Markup("".join(made))  # noqa: S704 - every part of the text was escaped
