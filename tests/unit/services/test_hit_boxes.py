"""Where hits stand on a page: one place for each mark, one box for each line of it."""

from app.services.viewing import hit_boxes
from ingestion import Page, Source, Word

#  nơi cư        (first line)
#  trú ở nơi     (second line)
WORDS = (
    Word("nơi", (10, 10, 30, 20)),
    Word("cư", (34, 11, 50, 21)),
    Word("trú", (10, 30, 28, 40)),
    Word("ở", (32, 31, 38, 40)),
    Word("nơi", (42, 30, 60, 41)),
)
PAGE = Page(1, 595, 842, Source.TEXT, None, "nơi cư\ntrú ở nơi", WORDS)


def test_a_phrase_is_one_hit_with_one_box_for_each_line() -> None:
    assert hit_boxes(PAGE, [(0, 10)]) == (((10, 10, 50, 21), (10, 30, 28, 40)),)


def test_words_marked_singly_are_hits_of_their_own() -> None:
    assert hit_boxes(PAGE, [(0, 3), (4, 6)]) == (((10, 10, 30, 20),), ((34, 11, 50, 21),))


def test_a_stretch_without_a_word_on_the_page_is_no_hit() -> None:
    assert hit_boxes(PAGE, [(6, 7), (13, 16)]) == (((42, 30, 60, 41),),)
    assert hit_boxes(Page(1, 0, 0, Source.NONE, None, "chữ"), [(0, 3)]) == ()


def test_words_of_two_columns_are_not_one_line() -> None:
    page = Page(
        1, 595, 842, Source.TEXT, None, "cuối đầu", (Word("cuối", (300, 10, 330, 20)), Word("đầu", (10, 12, 30, 22)))
    )
    assert len(hit_boxes(page, [(0, 8)])[0]) == 2
