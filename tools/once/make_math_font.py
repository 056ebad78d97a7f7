"""Make chapters/_static/math.woff2, the font of the formulas, from Latin Modern Math:
make_math_font.py SOURCE.otf

The source is latinmodern-math.otf of the GUST e-foundry (Debian: fonts-lmodern); the
result is a smaller font under another name, as its licence (GUST Font License) asks.
Needs fontTools and brotli.
"""

import sys
from pathlib import Path

from fontTools import subset

TARGET = Path(__file__).resolve().parents[2] / "chapters" / "_static" / "math.woff2"

# What mathematics with TeX's usual commands needs: letters, Greek, accents, operators,
# arrows, delimiters and the alphabets \mathbf, \mathit, \mathcal and \mathbb.
RANGES = """
20-7e a0-ff 2c6 2c7 2d8-2dd 300-338 391-3c9 3d1 3d5 3d6 3f0 3f1 3f5 2010-2022 2026 2032-2037 2057 2061-2064 20d0-20dc
2102 210a-2115 2118-211d 2124 2128 212c-2138 2190-2199 21a6 21a9 21aa 21d0-21d5 2200-222e 2234-2237 223c 2243-2248
2254 2260-2265 226a 226b 227a-2287 2295-2299 22a2-22a5 22a8 22c0-22c6 22ee-22f1 2308-230b 23b4 23b5 23d0 23dc-23df
25a1 27e8-27eb 27f5-27fc 2a7d 2a7e 1d400-1d433 1d434-1d467 1d49c-1d4b5 1d538-1d56b 1d6a4 1d6a5 1d6e2-1d71b 1d7ce-1d7d7
"""


def characters(ranges=RANGES):
    """The code points of hexadecimal numbers and ranges."""
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def main(source):
    options = subset.Options(
        flavor="woff2", layout_features=[], hinting=False, desubroutinize=True
    )
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = "BookMath"
    font["head"].modified = font["head"].created
    subset.save_font(font, TARGET, options)


if __name__ == "__main__":
    main(sys.argv[1])
