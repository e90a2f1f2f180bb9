"""Who says so."""

from enum import StrEnum


class Source(StrEnum):
    """Who says so: the parser or a person."""

    PARSER = "parser"
    PERSON = "person"
