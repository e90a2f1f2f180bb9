"""The names of fields as people type them before a colon (`số:15`, `co quan:UBND`, `person:An`), by their codes."""

from indexer.folding import exact_tokens, fold

FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "number": ("số", "số hiệu", "number", "no"),
    "type": ("loại", "type"),
    "year": ("năm", "year"),
    "body": ("cơ quan", "cq", "body"),
    "person": ("người", "đối tượng", "person"),
    "case": ("hồ sơ", "hs", "case"),
    "from": ("từ ngày", "từ", "from"),
    "to": ("đến ngày", "đến", "to"),
    "signer": ("người ký", "ký", "signer"),
    "subject": ("trích yếu", "subject"),
    "day": ("ngày", "date"),
    "identity": ("cccd", "cmnd", "định danh", "identity"),
}

# Folded words of a name -> its code and its words with accents.
FIELDS_BY_NAME = {
    tuple(fold(name).split()): (code, exact_tokens(name)) for code, names in FIELD_NAMES.items() for name in names
}
LONGEST_NAME = max(len(words) for words in FIELDS_BY_NAME)
