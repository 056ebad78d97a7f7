"""Sphinx extension of this book: what no page uses goes, plots are written shorter.

The theme is made for every page that there could be: half of its style sheet and all
but twenty of its 1,400 icons serve none of this book.
"""

import base64
import io
import re
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

import tinycss2
from fontTools import subset

from d2lutils.interactive import shorten

PRIVATE = re.compile("[\ue000-\uf8ff]")  # where fonts of icons have their characters


def lighten(app, exception):
    """Take out of the built book what no page of it uses."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    # The theme's style sheet holds every icon already; the same icons as JavaScript are
    # 1.5 MB. The older theme that Python 3.10 gets keeps them elsewhere, and preloads
    # fonts, which browsers refuse on file://.
    for script in [
        *static.rglob("fontawesome.js"),
        *static.glob("vendor/fontawesome/*/js/all.min.js"),
    ]:
        script.write_text("// The icons come from the style sheet.\n")
    for script in [static / "book.js", static / "present.js"]:
        script.write_text(shorten(script.read_text(encoding="utf8")), encoding="utf8")
    words = set()
    for path in [
        *out.rglob("*.html"),
        *static.glob("*.js"),
        *static.glob("scripts/*.js"),
    ]:
        text = path.read_text(encoding="utf8")
        words.update(re.findall(r"[\w-]+", text))
        if '<link rel="preload" as="font"' in text:
            path.write_text(
                re.sub(r'<link rel="preload" as="font"[^>]*>', "", text),
                encoding="utf8",
            )
    sheets = {}
    for path in static.rglob("*.css"):
        rules = tinycss2.parse_stylesheet_bytes(path.read_bytes(), skip_comments=True)[
            0
        ]
        # Line ends and indentation are for people.
        text = re.sub(r"\s*\n\s*", "\n", tinycss2.serialize(used_rules(rules, words)))
        sheets[path] = re.sub(r"(?<=[{};,])\n|\n(?=\})", "", text)
    icons = set(PRIVATE.findall("".join(sheets.values())))
    for path, text in sheets.items():
        embed = partial(embed_font, path.parent, icons)
        path.write_text(
            re.sub(r"(?<=src:)url\(([^)]*)\.woff2\)[^;}]*\.ttf\)[^;}]*", embed, text),
            encoding="utf8",
        )
    for path in out.glob("_images/*.svg"):
        path.write_text(shorten_svg(path.read_text(encoding="utf8")), encoding="utf8")


def embed_font(folder, characters, source):
    """Some characters of a font of icons, for its @font-face.

    As data they are there before the first paint.
    """
    options = subset.Options(flavor="woff", layout_features=[], hinting=False)
    font = subset.load_font(folder / f"{source[1]}.ttf", options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(characters))
    subsetter.subset(font)
    font["head"].modified = font["head"].created
    subset.save_font(font, written := io.BytesIO(), options)
    data = base64.b64encode(written.getvalue()).decode()
    return f'url("data:font/woff;base64,{data}") format("woff")'


@cache  # the page's picture, and the file to save
def shorten_svg(svg):
    """A plot by Matplotlib in fewer bytes.

    Coordinates go to a hundredth of a point, each relative to the last one.
    """
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", re.sub(r"\s*\n\s*", "\n", svg))
    svg = re.sub(r"(?<=>)\s+(?=<)", "", svg)
    svg = re.sub(r'(?<=style=")[^"]*', lambda m: re.sub(r"([;:]) ", r"\1", m[0]), svg)
    for place in (r' [xy]="[^"]*"', r"translate\([^)]*\)"):
        svg = re.sub(
            place,
            lambda m: re.sub(
                r"-?\d+\.\d{3,}", lambda n: number(hundredths(n[0])), m[0]
            ),
            svg,
        )
    return re.sub(r'(?<= d=")[MLQCz\s\d.e+-]+(?=")', lambda m: shorten_path(m[0]), svg)


def shorten_path(path):
    """Path data of absolute M, L, Q, C and z, each relative to where the pen is."""
    short, pen, start, last = [], (0, 0), (0, 0), ""
    for command, rest in re.findall(r"([MLQCz])([^MLQCz]*)", path):
        if command == "z":
            short.append(last := "z")
            pen = start
            continue
        values = [hundredths(value) for value in rest.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        text = "".join(f" {number(x - pen[0])} {number(y - pen[1])}" for x, y in points)
        letter = command.lower()
        short.append(text if letter == last and letter != "m" else letter + text[1:])
        last, pen = letter, points[-1]
        if command == "M":
            start = pen
    return "".join(short).replace(" -", "-")


def hundredths(text):
    return round(float(text) * 100)


def number(hundredths):
    """A number of hundredths as SVG writes it in the fewest characters."""
    return re.sub(r"^(-?)0\.", r"\1.", f"{hundredths / 100:g}")


def used_rules(rules, words):
    """The rules of a parsed style sheet that can apply where no other classes occur."""
    kept = []
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            rule.content = used_rules(
                tinycss2.parse_rule_list(rule.content, skip_comments=True), words
            )
            if not rule.content:
                continue
        elif rule.type == "qualified-rule":
            rule.prelude = used_selectors(rule.prelude, words)
            if not rule.prelude:
                continue
        kept.append(rule)
    return kept


def used_selectors(prelude, words):
    """Those selectors of a list (as tokens) whose classes are all among `words`.

    Classes within `:not()`, `:is()` and the like are nested in function tokens and so
    not looked at.
    """
    selectors = [[]]
    for token in prelude:
        selectors.append([]) if token == "," else selectors[-1].append(token)
    kept = []
    for selector in selectors:
        classes = [
            after.value
            for dot, after in pairwise(selector)
            if dot == "." and after.type == "ident"
        ]
        if words.issuperset(classes):
            kept += [
                *([tinycss2.ast.LiteralToken(0, 0, ",")] if kept else []),
                *selector,
            ]
    return kept


def setup(app):
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
