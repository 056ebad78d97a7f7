"""Each page is a lecture: read in one sitting, and opened by something to play with."""

import notebooks
import pytest
import reading

pytestmark = pytest.mark.browser
BOOK = notebooks.Book()


@pytest.fixture(scope="module")
def tab(chromium):
    made = chromium.new_page(viewport=reading.LAPTOP)
    yield made
    made.close()


@pytest.mark.parametrize("name", reading.numbered(BOOK))
def test_a_page_is_one_lecture(name, tab, book):
    page = reading.measure(tab, book, name, BOOK)
    assert page.reading.whole <= 45
    assert 0 < page.boxes <= 7
    assert page.figure < 2
    assert page.first
    assert page.twice == 0


def test_the_book_has_its_fourteen_lectures():
    assert len(reading.numbered(BOOK)) == 14
