// Points of two classes: examples, and what is said of them.
function words() {
  const most = 12,
    name = c => (c > 0 ? "circle" : "cross");
  const presets = {
    XOR: [
      [20, 20, -1],
      [80, 80, -1],
      [20, 80, 1],
      [80, 20, 1],
    ],
    Strip: [
      [15, 20, -1],
      [35, 15, -1],
      [30, 55, 1],
      [50, 45, 1],
      [70, 40, 1],
      [55, 80, -1],
      [85, 75, -1],
      [75, 90, -1],
    ],
    Chequers: [20, 50, 80].flatMap((x, i) =>
      [20, 50, 80].map((y, j) => [x, y, (i + j) % 2 ? -1 : 1]),
    ),
  };
  const add = (point, { points, adds }) =>
    points.length < most
      ? {
          points: [...points, [...point.map(Math.round), +adds]],
          selected: points.length,
        }
      : {};
  const free = points =>
    [
      [50, 50],
      [35, 65],
      [65, 35],
      [65, 65],
      [35, 35],
      [50, 90],
      [50, 10],
      [10, 50],
      [90, 50],
      [5, 5],
      [95, 95],
      [5, 95],
    ].find(p => !points.some(q => q[0] === p[0] && q[1] === p[1]));

  // What the sentence says of one unit, and of three.
  function tell(points, r) {
    const terms = c =>
      points
        .flatMap((p, i) =>
          p[2] === c && r.certificate[i]
            ? [`${format(2 * r.certificate[i])} × (${p[0]}, ${p[1]})`]
            : [],
        )
        .join(" + ");
    const first = r.separable
      ? Number.isFinite(r.unit.margin)
        ? `One unit separates the classes, with margin ${format(r.unit.margin)}.`
        : "There is only one class."
      : `No unit separates the classes: the point ` +
        `(${r.common_point.map(v => format(v)).join(", ")}) is ${terms(1)} among the ` +
        `circles and ${terms(-1)} among the crosses.`;
    const second = r.network
      ? `A net of three units fits: a ${name(r.network.sign)} is where both hidden ` +
        `units say so, the widest of ${r.tried} ways to share the points.`
      : `A net of three units does not fit either: each of the ${r.tried} ways to ` +
        `share the points between its two hidden units fails.`;
    const full = points.length < most ? "" : ` No more than ${most} points.`;
    return `${first} ${second}${full}`;
  }

  return { side: [0, 100], name, presets, free, add, tell };
}
