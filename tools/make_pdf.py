"""Make one PDF of the built book: `python tools/make_pdf.py [FOLDER OF THE BUILT PAGES]
[PDF]`.

The pages of `make book`, in the order of _toc.yml, become one HTML page that Chromium
prints, so all numbers of figures, equations and exercises are those of the pages.
Interactive figures are drawn by their own script and lose their controls; solutions
move to the end of their chapter. Chromium prints twice: the first print tells on which
page everything is, the second one has these numbers in its table of contents.
"""

import argparse
import copy
import io
import json
import os
import posixpath
import shutil
import sys
from functools import partial
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import unquote, urlsplit

import pikepdf
import yaml
from bs4 import BeautifulSoup
from sphinx_external_toc.parsing import parse_toc_yaml

from d2lutils.interactive import bundle

ROOT = Path(__file__).resolve().parent.parent
PDF = ROOT / "_build" / "pdf" / "what-makes-deep-learning-hard.pdf"
# On macOS and Windows, browsers are not on the PATH; Windows always has Edge.
CHROMIUM = (
    "chromium",
    "chromium-headless-shell",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    os.path.expandvars(r"%ProgramFiles%\Google\Chrome\Application\chrome.exe"),
    os.path.expandvars(r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe"),
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
NAMING = (
    "id",
    "for",
    "aria-labelledby",
    "aria-describedby",
)  # attributes that hold names of elements

parse = partial(BeautifulSoup, features="html.parser")


def reading_order(site_map, name=None, caption=""):
    """Yield (docname, caption of its part) for each page of _toc.yml, in order."""
    document = site_map[name] if name else site_map.root
    yield document.docname, caption
    for tree in document.subtrees:
        for item in tree.items:
            yield from reading_order(site_map, str(item), tree.caption or caption)


def load(folder, docname, keys):
    """One built page, parsed, whose names, links and images hold within the whole book.

    keys: docname to what precedes the names of its elements. Returns (head, article).
    """
    page = parse((folder / f"{docname}.html").read_text(encoding="utf8"))
    article, here = page.select_one("article.bd-article"), posixpath.dirname(docname)
    for leftover in article.select(
        "script, .headerlink, .figure-code, .toctree-wrapper, .about-page, "
        "img.only-dark"
    ):
        leftover.decompose()
    for element in article.find_all(True):
        for attribute in set(NAMING).intersection(element.attrs):
            element[attribute] = " ".join(
                f"{keys[docname]}--{name}" for name in element[attribute].split()
            )
    for element in [*article("img"), *page.head.select("[src], [href]")]:
        attribute = "src" if element.has_attr("src") else "href"
        parts = urlsplit(element[attribute])
        if not parts.scheme:
            element[attribute] = (
                (folder / here / unquote(parts.path)).resolve().as_uri()
            )
    for link in article.find_all("a", href=True):
        parts = urlsplit(link["href"])
        if parts.scheme:
            continue
        path = posixpath.normpath(
            posixpath.join(here, unquote(parts.path))
        ).removesuffix(".html")
        target = keys.get(path if parts.path else docname)
        if target:
            place = unquote(parts.fragment).split("?")[0]  # a figure, without settings
            link["href"] = f"#{target}--{place}" if place else f"#{target}"
        else:  # a download or the search: nothing on paper
            link.unwrap()
    article.attrs = {
        "class": "bd-article chapter",
        "id": keys[docname],
        "style": f"page: {keys[docname]}",
    }
    return page.head, article


def collect_solutions(article):
    """Move the solutions of a chapter to its end, and tell each exercise where its
    solution is.
    """
    if solutions := article.select(".solution"):
        end = parse(
            f'<section id="{article["id"]}--solutions"><h2>Solutions</h2></section>'
        ).section
        article.section.append(end)
        for solution in solutions:
            exercise = article.find(
                id=solution.select_one(".admonition-title a")["href"].removeprefix("#")
            )
            name = solution["id"]
            page = f'<span data-page-of="{name}">000</span>'
            where = f'<a class="where" href="#{name}">Solution: page {page}</a>'
            exercise.select_one(".admonition-title").append(parse(where))
            end.append(solution.extract())


def drop_solutions(article):
    """For a reader who has not tried the exercises."""
    for solution in article.select(".solution"):
        solution.extract()


def keep_framework(article, framework):
    """Of the tabs with one cell in two frameworks, the code in one."""
    for tabs in article.select(".editions"):
        wanted = tabs.find("label", attrs={"data-sync-id": framework})
        code = wanted.find_next(class_="sd-tab-content").extract()
        del code["class"]  # without its tab, the style sheet would hide it
        tabs.replace_with(code)


def unfold(article):
    """Nothing can be opened on paper."""
    for details in article.select("details"):
        details["open"] = ""


def name_interactive(article, docname, site):
    """Say under each interactive figure where it can be played with."""
    for figure in article.select("figure:has(.d2lutils-figure)"):
        page = f"{docname}.html#{figure['id'].removeprefix(article['id'] + '--')}"
        figure.figcaption.append(
            parse(
                f'<p class="standin">Interactive in the book: <code>{page}</code>'
                f"{site and f' of {site}'}</p>"
            )
        )


def entry(level, heading, target):
    """A line of the table of contents."""
    title = copy.copy(heading)
    title.name, title["class"] = "span", "title"
    number = f'<span class="dots"></span><span data-page-of="{target}">000</span>'
    return f'<a class="entry level-{level}" href="#{target}">{title}{number}</a>'


def join(folder, config, solutions=True, framework="mxnet"):
    """The whole book as the text of one HTML page, and its outline: (level, title, name
    of the place) each.

    folder: of the built pages. config: what _config.yml says. solutions: whether the
    chapters end with them. framework: of the code, "mxnet" or "pytorch".
    """
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))
    order = list(reading_order(parse_toc_yaml(ROOT / "_toc.yml")))
    keys = {docname: docname.replace("/", "-") for docname, _ in order}
    address = escape(
        config.get("html", {}).get("baseurl") or config["repository"]["url"]
    )
    site = f'<a href="{address}">{address}</a>' if address else ""
    head, contents, outline, chapters, part = {}, [], [], [], ""
    style = [Path(__file__).with_name("print.css").read_text(encoding="utf8")]
    for docname, caption in order:
        page_head, article = load(folder, docname, keys)
        (collect_solutions if solutions else drop_solutions)(article)
        keep_framework(article, framework)
        unfold(article)
        name_interactive(article, docname, site)
        head |= dict.fromkeys(map(str, page_head.select("link[rel=stylesheet]")))
        contents += (
            [f'<p class="part">{escape(caption)}</p>'] if caption != part else []
        )
        headings = [(1, article.h1, keys[docname])]
        headings += [
            (2, section.h2, section["id"])
            for section in article.select("section:has(> h2)")
        ]
        contents += [entry(*heading) for heading in headings]
        outline += [
            (level, heading.text, target) for level, heading, target in headings
        ]
        title = json.dumps(article.h1.text, ensure_ascii=False)
        style.append(f"@page {keys[docname]} {{ @top-left {{ content: {title}; }} }}")
        chapters.append(str(article))
        part = caption
    text = Template(
        Path(__file__).with_name("print.html").read_text(encoding="utf8")
    ).substitute(
        language=config["sphinx"]["config"]["language"],
        title=escape(config["title"]),
        author=escape(config["author"]),
        logo=(ROOT / config["logo"]).as_uri(),
        edition=f"Version {citation['version']}, {citation['date-released']}",
        licences=" and ".join(citation["license"]),
        site=site and f"<br>The interactive book: {site}",
        head="".join(head),
        style="\n".join(style),
        contents="".join(contents),
        chapters="".join(chapters),
        figures=bundle()[0],
    )
    return text, outline


def chromium():
    """Where the browser is; ends with a sentence where there is none."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        sys.exit("Chromium or Chrome is needed, and not here: install chromium.")
    return found


def print_pages(source, executable):
    """The PDF of an HTML file, in bytes. executable: path of Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        page = browser.new_page(
            color_scheme="light", viewport={"width": 643, "height": 970}
        )  # 170 mm
        page.set_default_timeout(300_000)
        page.emulate_media(media="print")
        page.goto(source.as_uri())
        page.evaluate("prepare()")
        page.evaluate("fillIn", pages_of_names(page.pdf(prefer_css_page_size=True)))
        printed = page.pdf(
            prefer_css_page_size=True, print_background=True, tagged=True
        )
        browser.close()
    return printed


def pages_of_names(printed):
    """Where the named destinations of a PDF (bytes) are: name to the number of the
    page, counted from 1.
    """
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        return {
            name.removeprefix("/"): numbers[target[0].objgen]
            for name, target in pdf.Root.Dests.items()
        }


def save(printed, path, author, outline):
    """Write a PDF (bytes) with author and outline, without date and version of the
    program, at half the size.

    Chromium's own outline doubles some titles and loses blanks in others.
    """
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        for volatile in ("/CreationDate", "/ModDate", "/Creator", "/Producer"):
            del pdf.docinfo[volatile]
        pdf.docinfo["/Author"] = author
        with pdf.open_outline() as root:
            for level, title, name in outline:
                siblings = root.root if level == 1 else root.root[-1].children
                siblings.append(pikepdf.OutlineItem(title, pdf.Root.Dests[f"/{name}"]))
        pdf.save(
            path,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )


def main():
    parser = argparse.ArgumentParser(description="Make one PDF of the built book.")
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=ROOT / "_build" / "html",
        help="of the built pages",
    )
    parser.add_argument("pdf", type=Path, nargs="?", default=PDF)
    parser.add_argument("--without-solutions", action="store_true")
    parser.add_argument("--framework", choices=("mxnet", "pytorch"), default="mxnet")
    options = parser.parse_args()
    executable = chromium()
    if not (options.folder / "index.html").exists():
        sys.exit(f"There is no built book in {options.folder}: run `make book`.")
    options.pdf.parent.mkdir(parents=True, exist_ok=True)
    source = options.pdf.with_suffix(".html").resolve()
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf8"))
    text, outline = join(
        options.folder.resolve(),
        config,
        not options.without_solutions,
        options.framework,
    )
    source.write_text(text, encoding="utf8")
    save(print_pages(source, executable), options.pdf, config["author"], outline)


if __name__ == "__main__":
    main()
