// Gradient descent started near the ridge of a saddle: the distance from the ridge
// grows geometrically.
function numbers() {
  // away, along: which coordinate leads off the ridge and which lies in it. curvature:
  // minus the negative one.
  const well = {
    away: 0,
    along: 1,
    curvature: 4,
    reach: 2,
    f: ([x, y]) => x ** 4 - 2 * x * x + y * y,
    grad: ([x, y]) => [4 * x ** 3 - 4 * x, 2 * y],
  };
  const hyperbolic = {
    away: 1,
    along: 0,
    curvature: 2,
    reach: 1,
    f: ([x, y]) => x * x - y * y,
    grad: ([x, y]) => [2 * x, -2 * y],
  };
  const landscapes = { double_well: well, hyperbolic };
  const limit = 20000;

  function experiment({ landscape, eps, along, lr }) {
    const { grad, curvature, away, reach } = landscapes[landscape];
    let x = away === 0 ? [eps, along] : [along, eps];
    const points = [x];
    let steps = Math.abs(eps) > 0.5 ? 0 : null;
    while (points.length <= limit) {
      const g = grad(x);
      if (
        Math.abs(x[away]) > 10 * reach ||
        (Math.hypot(...g) < 1e-8 && (steps !== null || eps === 0))
      )
        break;
      if (landscape === "hyperbolic" && Math.abs(x[away]) > reach) break;
      points.push((x = x.map((v, i) => v - lr * g[i])));
      if (steps === null && Math.abs(x[away]) > 0.5) steps = points.length - 1;
    }
    const status =
      Math.abs(x[away]) > 10 * reach
        ? "diverged"
        : eps === 0
          ? "saddle"
          : landscape === "hyperbolic" && Math.abs(x[away]) > reach
            ? "unbounded"
            : Math.hypot(...grad(x)) < 1e-8
              ? "minimum"
              : "moving";
    const predicted =
      eps === 0
        ? null
        : Math.max(0, Math.log(0.5 / Math.abs(eps)) / Math.log(1 + curvature * lr));
    return { points, steps, predicted, end: x, status };
  }

  return { landscapes, limit, experiment };
}
