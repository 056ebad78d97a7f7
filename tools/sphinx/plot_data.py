"""The data of a plot, read from the SVG that Matplotlib drew.

Notebooks keep the drawing, and it holds all points: six decimals of a point of the
page, placed between ticks whose labels are comments beside them. Where two ticks have
numbers, coordinates turn into data, to six digits. Curves, markers, bars, segments and
the edges of areas are read; shaded maps and contours are not.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import NamedTuple
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
DIGITS = 6
_POWER = re.compile(r"\$?(-?)(?:([\d.]+)\\times)?(\d+)\^\{(-?[\d.]+)\}\$?")
_PAIR = re.compile(r"([MLz])\s*(?:(-?[\d.]+) (-?[\d.]+))?")

Scale = Callable[[float], str]
Axis = tuple[str, Scale]
Interval = tuple[str, float, float]


class Row(NamedTuple):
    """A point: the labels of its axes, the name of its curve, and its place."""

    panel: str
    curve: str
    axis: str
    x: str
    y: str


def table(svg: str) -> str:
    """The data of a plot as CSV; empty where there are none."""
    every = list(_axes(svg))
    known: dict[Interval, Axis] = {}
    for axes in every:
        known = known | {where: axis for where, axis in _scales(axes) if axis}
    rows = [row for axes in every for row in _rows(axes, known)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([Row._fields, *rows])
    return text.getvalue() if rows else ""


def letters(svg: str) -> float:
    """The size of a plot's smallest letters, in points."""
    return min(
        (100 * float(size) for size in re.findall(r"scale\((0?\.\d+) -", svg)),
        default=10.0,
    )


def _axes(svg: str) -> Iterator[ET.Element]:
    parser = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))
    root = ET.fromstring(svg, parser)
    return (g for g in root.iter(SVG + "g") if g.get("id", "").startswith("axes_"))


def _interval(axes: ET.Element, key: str) -> Interval:
    """Where axes begin and end: those that agree share a scale."""
    box = next(axes.iterfind(f"{SVG}g/{SVG}path"))
    places = [point["xy".index(key)] for point in _vertices(box)]
    return key, min(places), max(places)


def _named(parent: ET.Element, start: str) -> list[ET.Element]:
    return [g for g in parent if g.get("id", "").startswith(start)]


def _texts(parent: ET.Element) -> list[str]:
    """What is written, without the signs that Matplotlib adds for its own use."""
    found = (e.text or "" for e in parent.iter() if e.tag is ET.Comment)
    return [_plain(text.strip()) for text in found]


def _plain(text: str) -> str:
    text = re.sub(r"\\(?:mathdefault|mathrm|mathregular|mathbf)\{(.*)\}", r"\1", text)
    text = text if re.search(r"\\[A-Za-z]{2}", text) else text.replace("$", "")
    return text.replace("−", "-")


def _number(text: str) -> float:
    """The number that a tick's label says, or NaN."""
    if match := _POWER.fullmatch(text):
        sign, mantissa, base, power = match.groups()
        return (-1 if sign else 1) * float(mantissa or 1) * float(base) ** float(power)
    try:
        return float(text)
    except ValueError:
        return math.nan


def _scale(axis: ET.Element, key: str) -> Scale | None:
    """The map from the place on an axis to data, as text; None where it has none."""
    written = []
    for tick in _named(axis, f"{key}tick_"):
        mark, texts = next(tick.iter(SVG + "use"), None), _texts(tick)
        if mark is not None and texts and texts[0]:
            written.append((float(mark.get(key, "nan")), texts[0]))
    ticks = [(place, _number(text)) for place, text in written]
    if written and all(math.isnan(value) for _, value in ticks):
        return lambda place: min(written, key=lambda tick: abs(tick[0] - place))[1]
    ticks = [(place, value) for place, value in ticks if math.isfinite(value)]
    rest = [text for child in _named(axis, "text_") for text in _texts(child)]
    factors = [re.fullmatch(r"(?:1e|\\times10\^\{)(-?\d+)\}?", t) for t in rest]
    factor = math.prod(10 ** int(match[1]) for match in factors if match)
    if len(ticks) < 2 or any(re.match(r"[+-]\d", text) for text in rest):
        return None

    def line(points):
        (p, v), (q, w) = points[0], points[-1]
        worst = max(abs(v + (w - v) * (a - p) / (q - p) - b) for a, b in points)
        return (v, (w - v) / (q - p), p), worst / abs(w - v)

    (start, slope, origin), bent = line(ticks)
    powers = any("^{" in text for _, text in written)  # two ticks show no bend
    logarithmic = all(value > 0 for _, value in ticks) and (bent > 1e-4 or powers)
    if logarithmic:
        logs = [(place, math.log10(value)) for place, value in ticks]
        (start, slope, origin), bent = line(logs)
    if bent > 1e-4:
        return None
    step = abs(slope) * 1e-4  # of a point of the page, which has six decimals
    decimals = max(0, math.ceil(-math.log10(step * factor)))

    def data(place: float) -> str:
        value = start + slope * (place - origin)
        if logarithmic:
            return f"{10**value * factor:.{DIGITS}g}"
        return f"{round(value * factor, decimals) + 0:.12g}"

    return data


def _scales(axes: ET.Element) -> Iterator[tuple[Interval, Axis | None]]:
    """Where the two axes lie, and the label and scale of each that has one."""
    for axis, key in zip(_named(axes, "matplotlib.axis_"), "xy", strict=False):
        written = [t for child in _named(axis, "text_") for t in _texts(child)]
        scale = _scale(axis, key)
        label = written[0] if written else ""
        yield _interval(axes, key), (label, scale) if scale else None


def _style(element: ET.Element) -> dict[str, str]:
    pairs = re.findall(r"([\w-]+): ([^;]+)", element.get("style", ""))
    return dict(pairs)


def _look(element: ET.Element) -> tuple[str, ...]:
    """What tells a curve from others, also in the legend: colours and dashes."""
    path, mark = element.find(f".//{SVG}path[@style]"), element.find(f".//{SVG}use")
    style = _style(path) if path is not None else {}
    if style.get("fill", "none") != "none" and element.find(f"{SVG}defs") is None:
        return ("area", style["fill"])
    if mark is not None and element.find(f"{SVG}path") is None:
        style = _style(mark)
        return ("marks", style.get("fill") or style.get("stroke", ""))
    dashes = style.get("stroke-dasharray", "")
    return ("line", style.get("stroke", ""), dashes)


def _legend(axes: ET.Element) -> dict[tuple[str, ...], str]:
    names: dict[tuple[str, ...], str] = {}
    for legend in _named(axes, "legend_"):
        looks: list[tuple[str, ...]] = []
        for part in legend[1:]:
            if part.get("id", "").startswith("text_"):
                for look in looks:
                    names.setdefault(look, " ".join(_texts(part)))
                looks = []
            else:
                looks.append(_look(part))
    return names


def _rows(axes: ET.Element, known: dict[Interval, Axis]) -> Iterator[Row]:
    """The points of one pair of axes, in the order in which they were drawn."""
    found = [axis or known.get(where) for where, axis in _scales(axes)]
    if len(found) < 2 or None in found:
        return
    labels, scales = zip(*filter(None, found), strict=True)
    title = [text for child in _named(axes, "text_") for text in _texts(child)]
    panel = labels[1] or (title[-1] if title else "")
    names, number = _legend(axes), count(1)
    bars = [_points(element) for element in axes if _is_bar(element)]
    starts = {min(x for x, _ in bar) for bar in bars}
    flat = len(bars) > 1 and len(starts) == 1
    for element in axes:
        points = _points(element)
        if _is_bar(element):
            points = [_end(points, flat)]
        if points:
            curve = names.get(_look(element)) or f"curve {next(number)}"
            for point in points:
                x, y = (scale(v) for scale, v in zip(scales, point, strict=True))
                yield Row(panel, curve, labels[0], x, y)


def _is_bar(element):
    return element.get("id", "").startswith("patch") and len(_points(element)) == 4


def _end(corners, flat):
    """The middle of the end of a bar, which lies flat or stands."""
    xs, ys = zip(*corners, strict=True)
    if flat:
        return max(xs), (min(ys) + max(ys)) / 2
    return (min(xs) + max(xs)) / 2, min(ys)


def _points(element: ET.Element) -> list[tuple[float, float]]:
    """The places of what an element of the axes shows, on the page."""
    kind = re.sub(r"_\d+$", "", element.get("id", ""))
    paths = element.findall(f"{SVG}path")
    clipped = [path for path in paths if path.get("clip-path")]
    if kind == "line2d" and paths:
        return _vertices(paths[0])
    if kind in ("line2d", "PathCollection"):
        marks = element.findall(f".//{SVG}g/{SVG}use")
        return [(float(m.get("x", 0)), float(m.get("y", 0))) for m in marks]
    if kind == "LineCollection":
        return [point for path in paths for point in _vertices(path)]
    if kind == "patch" and clipped:
        return _vertices(clipped[0])
    if "PolyCollection" in kind:
        outline = element.find(f".//{SVG}path")
        return _vertices(outline) if outline is not None else []
    return []


def _vertices(path: ET.Element) -> list[tuple[float, float]]:
    found = _PAIR.findall(path.get("d", ""))
    return [(float(x), float(y)) for _, x, y in found if x]
