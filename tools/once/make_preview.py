"""Make chapters/_static/preview.png, what other sites show beside a link to the book,
from the built pages.

python tools/make_preview.py [FOLDER OF THE BUILT PAGES]. Chromium draws the title, the
logo and a saddle.
"""

import shutil
import sys
from html import escape
from pathlib import Path

import yaml
from make_pdf import CHROMIUM, FLAGS
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
STYLE = """
body > :not(.preview) { display: none !important; }
.preview { position: fixed; inset: 0; background: #fff; display: flex; align-items: center; gap: 20px; }
.preview header { padding: 0 0 0 60px; width: 560px; font: 600 58px/1.15 system-ui, sans-serif; }
.preview p { font: 400 27px/1.4 system-ui, sans-serif; margin: 30px 0 0; }
.preview img { display: block; width: 220px; margin: 0 0 24px; }
.preview .d2lutils-figure { min-height: 0; margin: 0 40px 0 0; width: 560px; }
"""
PAGE = """title => {
  const logo = document.querySelector(".logo__image"), picture = document.querySelector(".d2lutils-figure svg");
  const figure = picture.closest(".d2lutils-figure"), preview = document.createElement("div");
  preview.className = "preview";
  preview.innerHTML = `<header><img src="${logo.src}" alt="">${title}
    <p>Experiments, figures to play with, and claims that are checked</p></header>`;
  const stage = figure.querySelector(".fig-stage");
  figure.replaceChildren(stage);
  preview.append(figure);
  document.body.append(preview);
}"""


def main(folder=ROOT / "_build" / "html"):
    title = escape(
        yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf8"))["title"]
    )
    with sync_playwright() as playwright:
        executable = next(filter(None, map(shutil.which, CHROMIUM)))
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        page = browser.new_page(
            color_scheme="light", viewport={"width": 1200, "height": 630}
        )
        page.goto(Path(folder).resolve().joinpath("chapters", "saddles.html").as_uri())
        page.add_style_tag(content=STYLE)
        page.evaluate(PAGE, title)
        page.screenshot(path=ROOT / "chapters" / "_static" / "preview.png")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
