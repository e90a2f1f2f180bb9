"""Contexts that fill each form rightly, of people who cannot exist (identity numbers begin with 000)."""

from copy import deepcopy
from datetime import date
from typing import Any

TODAY = date(2026, 11, 22)

PERSON: dict[str, Any] = {
    "full_name": "Nguyễn Văn Thử",
    "sex": "Nam",
    "birth_date": "1990-02-05",
    "id_doc": {
        "kind": "CCCD",
        "number": "000090000012",
        "issued_on": "2021-05-10",
        "issued_by": "Cơ quan Cấp thẻ Thử",
    },
    "residence": "Số 1 đường Thử, phường Mẫu 1",
    "occupation": "",
    "workplace": "",
}
MOTHER: dict[str, Any] = {
    "full_name": "Trần Thị Mẫu",
    "relation": "mẹ",
    "age": 60,
    "occupation": "làm ruộng",
    "residence": "Số 1 đường Thử, phường Mẫu 1",
}
HEAD = {"full_name": "Lê Văn Mẫu", "position": "Chủ tịch"}
CONTEXTS: dict[str, dict[str, Any]] = {
    "D163/V/22": {
        "doc": {
            "number": "5",
            "place": "Mẫu 1",
            "date": "2026-08-03",
            "effective_on_signing": True,
            "adviser_unit": "Tổ Phòng, chống ma túy",
            "file_unit": "VT, HS",
        },
        "agency": {"parent_name": "tỉnh Thử Nghiệm", "name": "Công an phường Mẫu 1"},
        "signer": {"full_name": "Lê Văn Mẫu", "position": "Trưởng Công an"},
        "recipients": ["Phòng PC04 Công an tỉnh Thử Nghiệm"],
        "person": PERSON,
        "rehab": {"place": "tại gia đình, số 1 đường Thử, phường Mẫu 1", "place_kind": "home_community"},
        "case": {"term_from": "2026-08-03", "term_to": "2028-08-03"},
    },
    "D163/V/50": {
        "doc": {
            "number": "15a",
            "symbol": "GXN-CSCN",
            "place": "Mẫu 1",
            "date": "2026-11-12",
            "adviser_unit": "Phòng Quản lý học viên",
        },
        "agency": {
            "parent_name": "Công an tỉnh Thử Nghiệm",
            "name": "Cơ sở cai nghiện ma túy số 1",
            "kind": "facility",
        },
        "signer": {"full_name": "Lê Văn Mẫu", "position": "Phó Trưởng cơ sở", "prefix": "KT."},
        "person": PERSON,
        "court": {"name": "Tòa án nhân dân khu vực 1 - Thử Nghiệm"},
        "commune": {"name": "phường Mẫu 1"},
        "cited": {
            "court": {
                "number": "7",
                "symbol": "TA",
                "date": "2024-11-12",
                "subject": "đưa đi cai nghiện bắt buộc",
            }
        },
        "case": {"served_from": "2024-11-12", "served_to": "2026-11-12"},
    },
    "D163/V/53": {
        "doc": {"number": "12", "place": "Mẫu 1", "date": "2026-11-10", "effective_from": "2026-11-12"},
        "agency": {"parent_name": "tỉnh Thử Nghiệm", "name": "Ủy ban nhân dân phường Mẫu 1"},
        "signer": HEAD,
        "person": PERSON,
        "rep": MOTHER,
        "post": {
            "term_from": "2026-11-12",
            "term_to": "2028-11-12",
            "assignee": "Phạm Thị Thử, Hội Liên hiệp Phụ nữ phường Mẫu 1",
        },
        "commune_police": {"name": "Công an phường Mẫu 1"},
        "facility": {"name": "Cơ sở cai nghiện ma túy số 1"},
        "cited": {"proposal": {"date": "2026-11-01"}},
    },
    "D163/V/56": {
        "doc": {
            "number": "120",
            "symbol": "GXN-UBND",
            "place": "Mẫu 1",
            "date": "2026-11-10",
            "adviser_unit": "Công an phường Mẫu 1",
        },
        "agency": {"parent_name": "tỉnh Thử Nghiệm", "name": "phường Mẫu 1"},
        "signer": {"full_name": "Lê Văn Mẫu", "position": "Phó Chủ tịch", "prefix": "KT."},
        "person": PERSON,
        "post": {"term_from": "2025-11-12", "term_to": "2026-11-12"},
        "commune": {"name": "phường Mẫu 1"},
        "cited": {"decision": {"number": "3", "date": "2025-11-10", "issuer": "Ủy ban nhân dân phường Mẫu 1"}},
    },
    "D116/51": {
        "doc": {"number": "3", "place": "Mẫu 1", "date": "2024-02-05", "effective_from": "2024-02-05"},
        "agency": {"name": "phường Mẫu 1"},
        "signer": HEAD,
        "person": PERSON,
        "rep": MOTHER,
        "post": {"term_from": "2024-02-05", "term_to": "2026-02-05", "assignee": "Phạm Thị Thử"},
        "commune_police": {"name": "phường Mẫu 1"},
    },
}


def filled(code: str, **changes: Any) -> dict[str, Any]:
    """A right context of a form with some facts changed, named with `__` for the dots; None takes the fact away."""
    context = deepcopy(CONTEXTS[code])
    for name, value in changes.items():
        *path, last = name.split("__")
        place = context
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return context
