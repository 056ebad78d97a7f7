// Elements of a drawing: nodes, shades, legends, and where panels stand.

function node(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
}

function shape(parent, tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

// A function on the square [lo, hi]² as an image, the lower the bluer, in ten bands
// from low to high. One semi-transparent colour serves both themes; figures keep the
// element and plot.add it at each draw.
function shade(f, [lo, hi], low, high, size = 200) {
  const canvas = node("canvas", { width: size, height: size }),
    pen = canvas.getContext("2d"),
    image = pen.createImageData(size, size),
    { data } = image,
    at = k => lo + ((hi - lo) * (k + 0.5)) / size;
  for (let i = 0; i < size * size; i++) {
    const value = f([at(i % size), at(size - 1 - Math.floor(i / size))]);
    data[4 * i] = 86;
    data[4 * i + 1] = 180;
    data[4 * i + 2] = 233;
    data[4 * i + 3] =
      12 * clamp(Math.ceil((10 * (high - value)) / (high - low)), 0, 10);
  }
  pen.putImageData(image, 0, 0);
  return shape(null, "image", {
    href: canvas.toDataURL(),
    width: "100%",
    height: "100%",
    preserveAspectRatio: "none",
  });
}

// Samples of lines with what they stand for, in columns; returns the height that they
// take.
function legend(layer, [left, top, width], columns, entries) {
  entries.forEach(([text, colour], i) => {
    const x = left + ((i % columns) * width) / columns,
      y = top + 18 * Math.floor(i / columns) + 9;
    const place = { x1: x, x2: x + 22, y1: y, y2: y };
    shape(layer, "line", { class: "fig-line " + colour, ...place });
    shape(layer, "text", { x: x + 28, y: y + 4 }, text);
    named(layer, colour, text);
  });
  return 18 * Math.ceil(entries.length / columns);
}

// Where panels stand one below the other.
const narrow = width => width < 560;

// Two boxes for axes below a legend of four: side by side, or of a view the one.
function pair(width, view, share = 0.58) {
  const top = narrow(width) ? 42 : 24,
    x = share * width;
  const one = [0, top, width, 280],
    both = [
      [0, top, x, 320],
      [x, top, width - x, 320],
    ];
  return view === undefined
    ? { height: top + 320, boxes: both }
    : { height: top + 280, boxes: [!view && one, view && one] };
}

// Two boxes for axes: a square one and one beside it. Of a view, the other is null.
function panels(width, view) {
  const side = Math.min(400, Math.round(0.56 * width)),
    whole = Math.min(width, 360);
  if (view === 0) return { height: whole, main: [0, 0, width, whole], side: null };
  if (view === 1) return { height: 260, main: null, side: [0, 0, width, 260] };
  if (narrow(width))
    return {
      height: width + 190,
      main: [0, 0, width, width],
      side: [0, width + 10, width, 180],
    };
  return {
    height: side,
    main: [0, 0, side, side],
    side: [side, 0, width - side, side],
  };
}
