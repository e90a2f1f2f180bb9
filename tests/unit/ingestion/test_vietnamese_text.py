"""Normal forms and the statistics that tell a readable text layer from rubbish."""

import unicodedata

import pytest

from ingestion.vietnamese.normalise import bare, normalise, squeeze
from ingestion.vietnamese.syllables import is_believable, is_rubbish, is_syllable, statistics

PARAGRAPH = (
    "Căn cứ Nghị định số 116/2021/NĐ-CP ngày 21/12/2021 của Chính phủ; theo đề nghị của Trưởng Công an xã, SLĐTBXH, "
    "Chủ tịch Ủy ban nhân dân xã quyết định áp dụng biện pháp quản lý sau cai nghiện ma túy đối với người nghiện."
)
# The legacy TCVN3 encoding keeps Vietnamese letters on Latin-1 places; without its font it shows these.
TCVN3 = (
    "C¨n cø NghÞ ®Þnh sè 116 cña ChÝnh phñ; theo ®Ò nghÞ cña Tr­ëng C«ng an x·, Chñ tÞch ñy ban nh©n d©n x· quyÕt ®Þnh"
)


@pytest.mark.parametrize(
    "word", ["nghiện", "QUYẾT", "Đắk", "giếng", "gì", "quốc", "khuỷu", "yêu", "Thuở", "ngoằn", "oanh"]
)
def test_vietnamese_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["nghiÖn", "xyz", "strong", "Viet-nam", "ngkh", "aeo", "Phañ"])
def test_what_no_vietnamese_syllable_looks_like_is_refused(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize("word", ["Methadone", "SLĐTBXH", "HIV", "UBND", "Internet"])
def test_foreign_words_and_abbreviations_are_believable(word: str) -> None:
    assert is_believable(word)


def test_vietnamese_and_latin_texts_are_not_rubbish() -> None:
    assert not is_rubbish(PARAGRAPH)
    assert not is_rubbish(PARAGRAPH.upper())
    assert not is_rubbish(unicodedata.normalize("NFD", PARAGRAPH))
    assert not is_rubbish(bare(PARAGRAPH))
    assert not is_rubbish("Permission is hereby granted, free of charge, to any person obtaining a copy of this file.")
    assert not is_rubbish("12/2023   45.000   1.250.000,5   30/9/2024")
    assert not is_rubbish("3")


@pytest.mark.parametrize(
    "layer",
    [
        TCVN3,
        PARAGRAPH.encode("utf-8").decode("cp1252", errors="replace"),
        "".join(letter for letter in PARAGRAPH if ord(letter) < 128),
        "".join(chr(ord(letter) + 1) if letter.isalpha() else letter for letter in PARAGRAPH),
        "".join(chr(0xE000 + ord(letter) % 256) for letter in PARAGRAPH),
        "\ufffd" * 200,
        "&Ӝ1*+Ñ$;+Ӝ,&+Ӫ1*+Ƭ$9,ӊ71$0 #$%^&*()_+ &*^%$#@!()_+ ^&*()",
    ],
    ids=["tcvn3", "mojibake", "lost letters", "shifted", "private use", "replacement", "symbols"],
)
def test_layers_that_nobody_can_read_are_rubbish(layer: str) -> None:
    assert is_rubbish(layer)


def test_statistics_count_words_and_strange_characters() -> None:
    found = statistics("Quản lý qu¶n \ufffd")
    assert (found.words, found.believable, found.strange) == (3, 2, 1)


def test_text_is_nfc_without_look_alikes_and_invisible_characters() -> None:
    assert normalise("Qu\u1eadn 1\u00a0\u200b\r\nÐà Nẵng\x0c") == "Quận 1 \nĐà Nẵng\x0c"
    assert normalise(unicodedata.normalize("NFD", "Nguyễn")) == "Nguyễn"
    assert squeeze("  một \t hai  ") == "một hai"


def test_bare_text_keeps_offsets() -> None:
    assert bare("Đường NGUYỄN") == "duong nguyen"
    assert len(bare(PARAGRAPH)) == len(PARAGRAPH)
