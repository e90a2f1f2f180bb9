"""What a question finds: accents, numbers, phrases, operators, fields, the rule of most words. Both engines."""

import pytest

from indexer import Allowed, Rule, SearchBackend
from tests.contract.search_backends import HERE, ask, day, document, ids


@pytest.fixture
def laws(search_backend: SearchBackend) -> SearchBackend:
    """Six documents that differ in accents, numbers and words."""
    search_backend.write(
        [
            document(1, "Quyết định về quản lý sau cai nghiện tại nơi cư trú"),
            document(2, "QUYET DINH VE QUAN LY SAU CAI NGHIEN TAI NOI CU TRU"),
            document(3, "Kế hoạch tiếp nhận người hoàn thành", number_text="15/KH-UBND", type="KH"),
            document(4, "Thông báo", number_text="015/2024/QĐ-UBND", type="QĐ", date=day("2024-05-02")),
            document(5, "Đơn đề nghị của ông Nguyễn Văn Thử", persons=((7, "Nguyễn Văn Thử"),), body="Công an xã Thử"),
            document(6, "Biên bản bàn giao hồ sơ", signer="Trần Thị Mẫu", date=day("2023-01-15"), type="BB"),
        ]
    )
    return search_backend


def test_words_without_accents_find_both_spellings(laws: SearchBackend) -> None:
    assert sorted(ids(ask(laws, "quyet dinh quan ly"))) == [1, 2]


def test_words_with_accents_come_first_and_still_find_texts_without(laws: SearchBackend) -> None:
    assert ids(ask(laws, "quyết định quản lý")) == [1, 2]


def test_exact_accents_come_first_however_often_others_say_the_word(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "hoãn " * 50, title="Hoãn"), document(2, "chữ khác " * 300 + "hoàn")])
    assert ids(ask(search_backend, "hoàn")) == [2, 1]


def test_upper_case_and_decomposed_letters_are_the_same_word(laws: SearchBackend) -> None:
    assert ids(ask(laws, "KE\u0302\u0301 HOA\u0323CH")) == [3]


@pytest.mark.parametrize(("stored", "asked"), [("thuỷ", "thủy"), ("hoà", "hòa"), ("tuý", "túy"), ("khoẻ", "khỏe")])
def test_both_places_of_the_tone_are_one_exact_word(search_backend: SearchBackend, stored: str, asked: str) -> None:
    search_backend.write([document(1, stored), document(2, asked)])
    hits = ask(search_backend, asked).hits
    assert [hit.id for hit in hits] == [1, 2]
    assert all("exact" in hit.why for hit in hits)


@pytest.mark.parametrize(
    "asked",
    [
        "15/KH-UBND",
        "15/kh-ubnd",
        "15 kh ubnd",
        "15/ KH - UBND",
        "015/KH–UBND",
        "Số: 15/KH-UBND",
        "số:15/KH-UBND",
        "số 15/KH-UBND",
        "15/KHUBND",
    ],
)
def test_a_number_is_found_in_any_spelling(laws: SearchBackend, asked: str) -> None:
    assert ids(ask(laws, asked)) == [3]


@pytest.mark.parametrize("asked", ["15/QĐ-UBND", "15/2024/QĐ-UBND", "15/2024/qd-ubnd", "số:015/QĐ-UBND"])
def test_a_number_with_a_year_is_found_with_and_without_it(laws: SearchBackend, asked: str) -> None:
    assert ids(ask(laws, asked)) == [4]


def test_another_year_is_another_number(laws: SearchBackend) -> None:
    assert ids(ask(laws, "số:15/2023/QĐ-UBND")) == []


def test_a_bare_number_in_the_number_field_finds_every_symbol(laws: SearchBackend) -> None:
    assert sorted(ids(ask(laws, "số:15"))) == [3, 4]


def test_the_number_asked_for_comes_before_texts_that_mention_it(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "Căn cứ 15/KH-UBND " * 20), document(2, "Kế hoạch", number_text="15/KH-UBND")])
    assert ids(ask(search_backend, "15/KH-UBND")) == [2, 1]


def test_a_phrase_needs_its_words_side_by_side(laws: SearchBackend) -> None:
    assert sorted(ids(ask(laws, '"sau cai nghien"'))) == [1, 2]
    assert ids(ask(laws, '"cai sau nghiện"')) == []


def test_a_phrase_does_not_run_from_one_field_into_the_next(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "nghiện ma túy", title="Cai")])
    assert ids(ask(search_backend, '"cai nghiện"')) == []


def test_a_phrase_runs_over_the_end_of_a_page(search_backend: SearchBackend) -> None:
    from indexer import SearchPage

    search_backend.write([document(1, pages=(SearchPage(1, "về việc cai"), SearchPage(2, "nghiện ma túy")))])
    assert ids(ask(search_backend, '"cai nghiện"')) == [1]


def test_minus_leaves_out(laws: SearchBackend) -> None:
    assert ids(ask(laws, '"số" -thông "15"')) == []
    assert ids(ask(laws, "15 -thông")) == [3]
    assert sorted(ids(ask(laws, '-"sau cai"'))) == [3, 4, 5, 6]


def test_or_finds_either_and_joins_its_neighbours_only(laws: SearchBackend) -> None:
    assert sorted(ids(ask(laws, "thông OR biên"))) == [4, 6]
    assert ids(ask(laws, "15 thông OR biên")) == [4]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("loại:KH", [3]),
        ('loại:"quyết định"', [4]),
        ("năm:2024", [4]),
        ("nam:2023..2024", [4, 6]),
        ("người:Thử", [5]),
        ('nguoi:"nguyen van thu"', [5]),
        ('cơ quan:"công an"', [5]),
        ("người ký:Mẫu", [6]),
        ("từ ngày:01/01/2024", [4]),
        ("đến ngày:31/12/2023", [6]),
        ("từ ngày:2023-01-15 đến ngày:05/2024", [4, 6]),
        ("type:BB signer:tran", [6]),
    ],
)
def test_a_field_limits_a_value(laws: SearchBackend, asked: str, expected: list[int]) -> None:
    assert sorted(ids(ask(laws, asked))) == expected


@pytest.mark.parametrize(
    ("asked", "code", "expected"),
    [
        ('"sau cai', "query-quote-open", [1, 2]),
        ("kế OR", "query-or-alone", [3]),
        ("OR kế", "query-or-alone", [3]),
        ("biên:bản", "query-field-unknown", [6]),
        ("kế loại:", "query-field-empty", []),
        ("loại:thông", "query-type-unknown", [4]),
        ("năm:15", "query-year-invalid", [3, 4]),
        ("từ ngày:31/02/2024", "query-date-invalid", []),
    ],
)
def test_a_wrong_question_is_explained_and_run_as_words(
    laws: SearchBackend, asked: str, code: str, expected: list[int]
) -> None:
    found = ask(laws, asked)
    assert [note.code for note in found.notes] == [code]
    assert found.rule is Rule.MOST or sorted(ids(found)) == expected


def test_all_plain_words_must_match(laws: SearchBackend) -> None:
    found = ask(laws, "kế hoạch tiếp nhận")
    assert (ids(found), found.rule) == ([3], Rule.ALL)


def test_when_nothing_has_all_words_most_of_the_rarer_ones_must_match(laws: SearchBackend) -> None:
    found = ask(laws, "kế hoạch tiếp nhận giao")
    assert found.rule is Rule.MOST
    assert ids(found) == [3]
    assert found.total == 1


def test_a_word_nobody_has_does_not_empty_the_answer(laws: SearchBackend) -> None:
    found = ask(laws, "biên bản xyzzy")
    assert (ids(found), found.rule) == ([6], Rule.MOST)


@pytest.mark.parametrize(
    ("asked", "lacks"),
    [
        ("biên bản xyzzy", [("xyzzy",)]),
        ("kế hoạch tiếp nhận Giao 99/QĐ-TTg", [("giao", "99 qđ ttg")]),
        ("biên bản", [()]),
    ],
)
def test_a_hit_says_which_words_it_lacks(laws: SearchBackend, asked: str, lacks: list[tuple[str, ...]]) -> None:
    assert [hit.lacks for hit in ask(laws, asked).hits] == lacks


def test_totals_and_facets_follow_the_rule_of_most(laws: SearchBackend) -> None:
    found = ask(laws, "biên bản xyzzy")
    assert [(bucket.value, bucket.count) for bucket in found.facets["type"]] == [("BB", 1)]


def test_more_than_eight_words_are_asked_by_most_at_once(laws: SearchBackend) -> None:
    found = ask(laws, "quyết định về quản lý sau cai nghiện tại nơi cư trú xyzzy")
    assert found.rule is Rule.MOST
    assert sorted(ids(found)) == [1, 2]


def test_operators_are_taken_at_their_word(laws: SearchBackend) -> None:
    found = ask(laws, 'biên "xyzzy"')
    assert (found.total, found.rule) == (0, Rule.ALL)


def test_why_names_the_fields(laws: SearchBackend) -> None:
    (hit,) = ask(laws, "thử").hits
    assert set(hit.why) == {"person", "body", "exact"}
    assert ask(laws, "thong bao").hits[0].why == ("text",)


def test_nothing_asked_is_everything_newest_first(laws: SearchBackend) -> None:
    assert ids(ask(laws)) == [4, 6, 1, 2, 3, 5]


@pytest.mark.parametrize("asked", ['"', "-", "--", "OR OR", ":", '""', "( )", "a:b:c", "số:", '-"', "*", "\x00", "¶"])
def test_nothing_typed_is_an_error(laws: SearchBackend, asked: str) -> None:
    assert ask(laws, asked).total >= 0


def test_short_and_long_forms_find_each_other(search_backend: SearchBackend) -> None:
    search_backend.write(
        [document(1, "Chủ tịch UBND xã"), document(2, "Chủ tịch Uỷ ban nhân dân xã"), document(3, "xã")]
    )
    for asked in ("UBND xã", "ủy ban nhân dân xã", "ubnd xa"):
        found = ask(search_backend, asked)
        assert sorted(ids(found)) == [1, 2]
        assert [note.code for note in found.notes] == ["query-abbreviation"]
    assert ids(ask(search_backend, '"UBND" xã')) == [1]
    assert ids(ask(search_backend, "UBND"))[0] == 1
    assert ids(ask(search_backend, "ủy ban nhân dân"))[0] == 2


def test_a_phrase_in_quotes_means_its_accents_too(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "nơi cư trú"), document(2, "noi cu tru"), document(3, "nòi cử trụ")])
    assert ids(ask(search_backend, '"nơi cư trú"')) == [1]
    assert sorted(ids(ask(search_backend, '"noi cu tru"'))) == [1, 2, 3]


def test_of_documents_with_the_number_asked_for_the_own_come_first_then_the_newest(
    search_backend: SearchBackend,
) -> None:
    number = {"number_text": "15/QĐ-UBND", "type": "QĐ"}
    search_backend.write(
        [
            document(1, date=day("2020-01-01"), organisations=(2,), **number),
            document(2, date=day("2024-01-01"), organisations=(2,), **number),
            document(3, date=day("2019-01-01"), **number),
            document(4, date=day("2023-01-01"), **number),
            document(5, "theo Quyết định số 15/QĐ-UBND", date=day("2025-01-01")),
        ]
    )
    everyone = Allowed(organisations=frozenset({HERE, 2}))
    for asked in ("15/QĐ-UBND", "so 15 qd ubnd"):
        found = ask(search_backend, asked, allowed=everyone, home=frozenset({HERE}))
        assert ids(found) == [4, 3, 2, 1, 5]
    assert ids(ask(search_backend, "QĐ 15", allowed=everyone, home=frozenset({HERE}))) == [4, 3, 2, 1, 5]


@pytest.mark.parametrize("asked", ["5/2/2026", "ngày 05 tháng 02 năm 2026", "05-02-2026", "5/2/26"])
def test_a_day_is_found_in_every_form(search_backend: SearchBackend, asked: str) -> None:
    search_backend.write(
        [
            document(1, "ngày 05 tháng 02 năm 2026"),
            document(2, "từ 5.2.2026"),
            document(3, date=day("2026-02-05")),
            document(4, "ngày 06 tháng 02 năm 2026"),
        ]
    )
    assert sorted(ids(ask(search_backend, asked))) == [1, 2, 3]


def test_an_identity_number_is_found_with_blanks_and_dots(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, identities=("000203004567",)), document(2, identities=("000203004568",))])
    for asked in ("000203004567", "000 203 004 567", "000.203.004.567"):
        assert ids(ask(search_backend, asked)) == [1]


def test_an_article_of_a_decree_is_found_by_its_citation(search_backend: SearchBackend) -> None:
    def source(number: int, decree: str) -> str:
        return f"Điều {number} Nghị định số {decree} ngày 21/12/2021 của Chính phủ"

    decree = "116/2021/NĐ-CP"
    search_backend.write(
        [
            document(number, f"theo Điều 41 và Điều 42 {number}", subject=source(number, decree), number_text=decree)
            for number in range(39, 45)
        ]
        + [document(1, subject=source(41, "116/2013/NĐ-CP"), number_text="116/2013/NĐ-CP")]
    )
    assert ids(ask(search_backend, "Điều 41 Nghị định 116/2021"))[0] == 41
    assert ids(ask(search_backend, "dieu 41 nd 116/2021"))[0] == 41
    assert set(ids(ask(search_backend, "Điều 41 Nghị định 116"))[:2]) == {1, 41}


def test_the_beginning_of_a_word_finds_all_that_begin_so(search_backend: SearchBackend) -> None:
    search_backend.write(
        [document(1, "xử lý vi phạm"), document(2, "vi-rút"), document(3, "Việt Nam"), document(4, "v")]
    )
    assert sorted(ids(ask(search_backend, "vi*"))) == [1, 2, 3]
    assert ids(ask(search_backend, "viet* nam")) == [3]
    short = ask(search_backend, "v*")
    assert ids(short) == [4]
    assert [note.code for note in short.notes] == ["query-prefix-short"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('"nghiện nhà"~2', [1]),
        ('"nhà nghiện"~2', [1]),
        ('"nghien nha"~1', []),
        ('"nghiện nhà"~20', [1, 2]),
        ('"một"~3', [3]),
    ],
)
def test_words_near_each_other_are_found_in_either_order(
    search_backend: SearchBackend, asked: str, found: list[int]
) -> None:
    search_backend.write(
        [
            document(1, "cai nghiện ma túy nhà nước"),
            document(2, f"nghiện {'chữ ' * 12} nhà"),
            document(3, f"một {'chữ ' * 30} nghiện {'chữ ' * 30} nhà"),
        ]
    )
    assert sorted(ids(ask(search_backend, asked))) == found


def test_days_are_asked_for_from_one_to_another(search_backend: SearchBackend) -> None:
    search_backend.write([document(number, date=day(f"2026-0{number}-15")) for number in range(1, 7)])
    assert sorted(ids(ask(search_backend, "ngày:15/02/2026..04/2026"))) == [2, 3, 4]
    assert sorted(ids(ask(search_backend, "date:..02/2026"))) == [1, 2]
    assert sorted(ids(ask(search_backend, "ngày:05/2026.."))) == [5, 6]


@pytest.mark.parametrize("keys", ["quyeets ddinhj", "quye61t d9inh5"])
def test_keystrokes_are_asked_as_they_were_meant_where_they_find_nothing(
    search_backend: SearchBackend, keys: str
) -> None:
    search_backend.write([document(1, "quyết định"), document(2, "quyệt đình")])
    found = ask(search_backend, keys)
    assert ids(found) == [1, 2]
    assert found.text == "quyết định"
    assert found.notes[0].code == "query-keystrokes"
    search_backend.write([document(3, keys)])
    assert ids(ask(search_backend, keys)) == [3]


def test_a_number_that_several_bodies_and_years_share_is_told(search_backend: SearchBackend) -> None:
    number = {"number_text": "15/QĐ-UBND"}
    search_backend.write(
        [
            document(1, body="UBND xã Thử", date=day("2024-01-01"), **number),
            document(2, body="UBND xã Mẫu", date=day("2025-01-01"), **number),
            document(3, "theo 15/QĐ-UBND", body="UBND xã Khác", date=day("2020-01-01")),
            document(4, body="UBND ẩn", date=day("2019-01-01"), organisations=(9,), **number),
        ]
    )
    (note,) = ask(search_backend, "15/QĐ-UBND").notes
    assert note.code == "number-shared"
    assert note.message == "Số này có ở 2 cơ quan ban hành và 2 năm khác nhau."
    assert ask(search_backend, "16/QĐ-UBND").notes == ()
    search_backend.write([document(2, body="UBND xã Thử", date=day("2025-01-01"), **number)])
    assert ask(search_backend, "15/QĐ-UBND").notes[0].message == "Số này có trong 2 năm khác nhau."
    search_backend.write([document(2, body="UBND xã Mẫu", date=day("2024-01-01"), **number)])
    assert ask(search_backend, "15/QĐ-UBND").notes[0].message == "Số này có ở 2 cơ quan ban hành khác nhau."
