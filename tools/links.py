"""Check the links of the built book: `python tools/links.py HTML [--external]`.

Each link within the book has to arrive at a file and at its anchor. With --external the
addresses elsewhere are asked, too: those that answer that a page does not exist are
faults; a site that keeps robots out or does not answer is only told.
"""

import argparse
import concurrent.futures
import html.parser
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

SECONDS = 20
GONE = (404, 410)


class Page(html.parser.HTMLParser):
    """The addresses that a page links to, with their lines, and its anchors."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = [], {""}
        self.feed(path.read_text(encoding="utf8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.anchors |= {values[key] for key in ("id", "name") if values.get(key)}
        if tag == "a" and values.get("href"):
            self.links.append((self.getpos()[0], values["href"]))


def read(folder):
    """{path: Page} of a built book, without what the theme brings."""
    paths = set(folder.rglob("*.html")) - set((folder / "_static").rglob("*.html"))
    return {path.resolve(): Page(path) for path in sorted(paths)}


def broken(pages):
    """Sentences about links within the book that do not arrive."""
    for path, page in pages.items():
        for line, address in page.links:
            parts = urllib.parse.urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            named = urllib.parse.unquote(parts.path)
            file = (path.parent / named).resolve() if named else path
            if not file.exists():
                yield f"{path.name}:{line}: {address}: no such file"
            elif (
                file in pages
                and urllib.parse.unquote(parts.fragment.split("?")[0])
                not in pages[file].anchors
            ):
                yield f"{path.name}:{line}: {address}: no such place on that page"


def outside(pages):
    """{address elsewhere, without its anchor: the first page that links to it}."""
    found = {}
    for path, page in pages.items():
        for _, address in page.links:
            if address.startswith(("http://", "https://")):
                found.setdefault(urllib.parse.urldefrag(address).url, path.name)
    return found


def answer(address):
    """The status that a site answers with, or why it does not."""
    request = urllib.request.Request(
        address, headers={"User-Agent": "Mozilla/5.0 (link check)"}
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError) as error:
        return str(getattr(error, "reason", error))


def main():
    parser = argparse.ArgumentParser(description="Check the links of the built book.")
    parser.add_argument("html", type=pathlib.Path, help="the folder of the built pages")
    parser.add_argument(
        "--external", action="store_true", help="ask the sites elsewhere, too"
    )
    options = parser.parse_args()
    pages = read(options.html)
    if not pages:
        sys.exit(f"{options.html} has no pages: build the book first.")
    faults = list(broken(pages))
    within = sum(len(page.links) for page in pages.values())
    elsewhere = outside(pages)
    if options.external:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for address, said in zip(
                elsewhere, pool.map(answer, elsewhere), strict=True
            ):
                if said in GONE:
                    faults.append(f"{elsewhere[address]}: {address}: {said}")
                elif said != 200:
                    print(f"not known: {elsewhere[address]}: {address}: {said}")
    print(*faults, sep="\n", end="\n" if faults else "")
    asked = "asked" if options.external else "not asked"
    print(
        f"{len(pages)} pages, {within} links, {len(elsewhere)} addresses elsewhere "
        f"({asked})"
    )
    sys.exit(f"{len(faults)} links do not arrive." if faults else 0)


if __name__ == "__main__":
    main()
