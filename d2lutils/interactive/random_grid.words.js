// Where the panels of grid and random search stand, and a histogram.
function words() {
  const layout = (width, view) => {
    const wide = narrow(width) ? width : width / 2,
      square = Math.min(view === undefined ? 300 : 250, wide - 20),
      at = (left, top) => ({
        strip: [left, top, wide, 114],
        box: [left, top + 76, wide, square + 44],
      });
    if (view === undefined)
      return {
        height: square + 120 + 150,
        sets: [at(0, 0), at(wide, 0)],
        scores: [0, square + 120, width, 150],
      };
    return {
      height: view === 2 ? 260 : square + 120,
      sets: [0, 1].map(k => (k === view ? at(0, 0) : {})),
      scores: view === 2 && [0, 0, width, 260],
    };
  };
  const histogram = values => {
    const counts = Array(25).fill(0);
    for (const v of values) counts[clamp(Math.floor(25 * v), 0, 24)]++;
    return counts.map(c => c / values.length);
  };
  return { layout, histogram };
}
