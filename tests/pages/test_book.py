"""The built pages, read as files: everything they name is there, and nothing they load
is elsewhere.
"""

import importlib
import re
from urllib.parse import unquote, urlsplit

import pytest
from soup import parse

LOADED = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
}


@pytest.fixture(scope="module")
def pages(book):
    """Each page's path and parsed HTML; the redirect at the top is one of them."""
    paths = sorted(
        {*book.rglob("*.html")} - {*book.joinpath("_static").rglob("*.html")}
    )
    return {path: parse(path) for path in paths}


def target(page, address):
    """The file that an address on a page names, and the anchor in it, without the
    settings of a figure behind that.
    """
    parts = urlsplit(address)
    file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    return file, unquote(parts.fragment).split("?")[0]


def test_pages_load_nothing_from_elsewhere(pages):
    wrong = []
    for page, soup in pages.items():
        for tag, attribute in LOADED.items():
            for element in soup.find_all(tag, {attribute: True}):
                address = element[attribute]
                here = address.startswith("data:") or (
                    not urlsplit(address).netloc and target(page, address)[0].exists()
                )
                wrong += [] if here else [f"{page.name}: {address}"]
        for script in soup.find_all("script", src=False):
            wrong += [
                f"{page.name}: {address}"
                for address in re.findall(r"https?://[^\"'\s]+", script.text)
                if not address.startswith("http://www.w3.org/")  # a name, no place
            ]
    assert wrong == []


def test_style_sheets_load_nothing_from_elsewhere(book):
    wrong = []
    for sheet in book.rglob("*.css"):
        for address in re.findall(
            r"url\(\s*[\"']?([^\"')]+)", sheet.read_text(encoding="utf8")
        ):
            if (
                not address.startswith(("data:", "#"))
                and not target(sheet, address)[0].exists()
            ):
                wrong.append(f"{sheet.name}: {address}")
    assert wrong == []


def test_links_within_the_book_arrive(pages):
    anchors = {
        page: {
            element[key]
            for key in ("id", "name")
            for element in soup.find_all(attrs={key: True})
        }
        for page, soup in pages.items()
    }
    wrong = []
    for page, soup in pages.items():
        for link in soup.find_all("a", href=True):
            parts = urlsplit(link["href"])
            if parts.scheme or parts.netloc:
                continue
            file, anchor = target(page, link["href"])
            if not file.exists() or (
                anchor and file.suffix == ".html" and anchor not in anchors[file]
            ):
                wrong.append(f"{page.name}: {link['href']}")
    assert wrong == []


def test_each_claim_leads_to_its_source(pages):
    boxes = [
        box for soup in pages.values() for box in soup.select(".claim .claim-source")
    ]
    assert len(boxes) > 100
    assert [box.text for box in boxes if not box.find("a", href=True)] == []


def test_each_image_says_what_is_seen(pages):
    for page, soup in pages.items():
        silent = [image["src"] for image in soup("img") if "alt" not in image.attrs]
        assert silent == [], page.name


def test_each_computed_figure_has_a_caption_a_number_and_a_real_alt_text(pages):
    wrong, found = [], 0
    for page, soup in pages.items():
        for shown in soup.select(".cell_output img, .cell_output .d2lutils-figure"):
            found += 1
            figure = shown.find_parent("figure")
            caption = figure and figure.find("figcaption")
            if not caption or not caption.select_one(".caption-number"):
                wrong.append(f"{page.name}: no numbered caption at {str(shown)[:80]}")
            elif shown.name == "img" and (
                len(shown.get("alt", "").split()) < 5 or shown["alt"] in caption.text
            ):
                wrong.append(
                    f"{page.name}: the alt text must say what is seen: "
                    f"{shown.get('alt')!r}"
                )
    assert found > 0
    assert wrong == []


def test_each_plot_has_a_copy_for_the_dark_theme(pages):
    for soup in pages.values():
        light = [image["src"] for image in soup.select(".cell_output img.only-light")]
        dark = [image["src"] for image in soup.select(".cell_output img.only-dark")]
        assert dark == [address.replace(".svg", "-dark.svg") for address in light]
        assert len(soup.select(".cell_output img")) == len(light) + len(dark)


def test_each_notebook_can_be_downloaded(book, pages):
    """Whether it can be launched depends on the repository's address."""
    notebooks = [page for page, soup in pages.items() if soup.select_one(".cell")]
    assert notebooks
    for page in notebooks:
        links = [
            link["href"]
            for link in pages[page].select(".article-header-buttons a[href]")
        ]
        offered = [
            address
            for address in links
            if address.endswith(".ipynb") and not urlsplit(address).netloc
        ]
        assert offered
        for address in offered:
            assert target(page, address)[0].exists()


def test_the_reference_has_every_public_name_of_the_library(book):
    soup = parse(book / "chapters" / "api.html")
    documented = {term["id"] for term in soup.select("dt.sig[id]")}
    for name in sorted(
        {name.rsplit(".", 1)[0] for name in documented if name.count(".") == 2}
    ):
        module = importlib.import_module(name)
        own = [
            key
            for key, value in vars(module).items()
            if getattr(value, "__module__", None) == name
        ]
        public = getattr(
            module, "__all__", [key for key in own if not key.startswith("_")]
        )
        missing = [
            key
            for key in public
            if callable(getattr(module, key)) and f"{name}.{key}" not in documented
        ]
        assert missing == [], name
    values = [value.text for value in soup.select("dl.data > dt.sig .property")]
    assert max(map(len, values)) < 80
    text = soup.get_text()
    assert re.findall(r"``|\\[*|_]|:class:", text) == []


def test_each_page_says_what_other_sites_may_show_of_it(book, pages):
    descriptions = []
    for page, soup in pages.items():
        if page.parent.name != "chapters":
            continue
        tags = {
            tag.get("property") or tag.get("name"): tag["content"]
            for tag in soup.head("meta", content=True)
        }
        assert tags["og:title"] in soup.title.text
        assert tags["og:description"] == tags["description"]
        assert 40 < len(tags["description"]) <= 203
        assert tags["description"].endswith((".", "?", "…"))
        picture = target(page, tags["og:image"])[0].read_bytes()
        assert picture[:4] == b"\x89PNG"
        assert [int.from_bytes(picture[i : i + 4], "big") for i in (16, 20)] == [
            1200,
            630,
        ]
        assert len(picture) < 100_000
        descriptions.append(tags["description"])
    assert len(set(descriptions)) == len(descriptions) > 10
