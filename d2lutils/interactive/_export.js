// What is shown as a file: the drawing as SVG and PNG, its curves as CSV.
const STYLES = ["color", "fill", "fill-opacity", "stroke", "stroke-width"].concat(
  ["stroke-dasharray", "stroke-dashoffset", "stroke-linejoin", "paint-order"],
  ["opacity", "font-family", "font-size", "font-weight"],
);

// The drawing with its styles inside, on paper of the theme's colour.
function asSvg(svg, sentence) {
  const copy = svg.cloneNode(true),
    { width, height } = svg.viewBox.baseVal;
  const from = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, i) => {
    const style = getComputedStyle(from[i]);
    for (const name of STYLES)
      element.style.setProperty(name, style.getPropertyValue(name));
    element.removeAttribute("tabindex");
  });
  copy.querySelectorAll(".fig-hit").forEach(element => element.remove());
  const paper = getComputedStyle(svg).getPropertyValue("--fig-paper");
  copy.prepend(shape(null, "rect", { width, height, fill: paper }));
  copy.prepend(shape(null, "desc", {}, sentence));
  copy.prepend(shape(null, "title", {}, svg.getAttribute("aria-label")));
  for (const [name, value] of Object.entries({ width, height, role: "img" }))
    copy.setAttribute(name, value);
  return new XMLSerializer().serializeToString(copy);
}

async function asPng(svg, sentence) {
  const picture = new Image(),
    { width, height } = svg.viewBox.baseVal,
    scale = 3;
  picture.src =
    "data:image/svg+xml;charset=utf-8," + encodeURIComponent(asSvg(svg, sentence));
  await picture.decode();
  const canvas = node("canvas", { width: scale * width, height: scale * height });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise(done => canvas.toBlob(done));
}

// A row for each point: panel, curve, x, y, without the logarithms of the axes.
function asCsv({ shown, names = {} }) {
  const quoted = text => `"${String(text).replace(/"/g, '""')}"`;
  const rows = shown.flatMap(({ xlabel, ylabel, logX, logY, series }) =>
    series.flatMap(({ points, colour, name }, k) => {
      const called = name || names[hue(colour)] || `curve ${k + 1}`;
      const plain = (v, log) => (log ? 10 ** v : v);
      return points
        .filter(([x, y]) => Number.isFinite(x + y))
        .map(([x, y]) =>
          [ylabel, called, xlabel]
            .map(quoted)
            .concat([plain(x, logX), plain(y, logY)])
            .join(),
        );
    }),
  );
  return ["panel,curve,axis,x,y", ...rows].join("\n") + "\n";
}

function download(name, blob) {
  const href = URL.createObjectURL(blob);
  node("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
