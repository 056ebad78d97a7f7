// Hyperband's brackets (Li et al. 2018) on synthetic learning curves that are cut at
// the rungs. d2lutils.search.brackets is the twin of the schedule.
function numbers() {
  const eachBracket = (R, eta) => {
    let top = 0;
    while (eta ** (top + 1) <= R) top++;
    return linspace(top, 0, top + 1).map(s => {
      const n = Math.floor(((top + 1) * eta ** s + s) / (s + 1));
      const rungs = Array.from({ length: s + 1 }, (_, i) => [
        Math.floor(n / eta ** i),
        Math.floor(R / eta ** (s - i)),
      ]);
      return {
        s,
        n,
        rungs,
        budget: rungs.reduce((sum, [number, resource]) => sum + number * resource, 0),
      };
    });
  };
  const largest = (R, eta) => eachBracket(R, eta).length - 1;

  // Two uniforms a setting: its loss at the full resource R, few near 0.01 and most
  // near 1, and its haste. On logarithmic axes the curve is a straight line for a = 1,
  // falls early for a < 1 and late for a > 1.
  const loss = ({ final, a }, t, R) =>
    final ** (((1 + Math.log(t)) / (1 + Math.log(R))) ** a);
  function settings(u, from, n, crossing) {
    return Array.from({ length: n }, (_, i) => {
      const q = Math.sqrt(u[2 * (from + i)]);
      return {
        final: 10 ** (2 * q - 2),
        a: 8 ** ((crossing * (1 + u[2 * (from + i) + 1] - 3 * q)) / 2),
      };
    });
  }

  // Successive halving: a setting's cut is the last rung that it reached.
  function halve({ n, rungs }, u, from, { max_resource: R, crossing }) {
    const all = settings(u, from, n, crossing);
    let alive = all.slice();
    rungs.forEach(([, t], i) => {
      for (const one of alive) one.cut = i;
      const now = new Map(alive.map(one => [one, loss(one, t, R)])),
        kept = i + 1 < rungs.length ? rungs[i + 1][0] : 1;
      alive = alive.sort((p, q) => now.get(p) - now.get(q)).slice(0, kept);
    });
    return {
      all,
      found: alive[0],
      truly: all.reduce((best, one) => (one.final < best.final ? one : best)),
    };
  }

  // Every bracket has settings of its own, the one with most of them first.
  function search(state, seed) {
    const schedule = eachBracket(state.max_resource, state.eta),
      u = uniforms(seed, 2 * schedule.reduce((sum, b) => sum + b.n, 0));
    let from = 0;
    return schedule.map(b => ({ ...b, ...halve(b, u, (from += b.n) - b.n, state) }));
  }

  const samples = 51;
  let last = {};
  function medians(state) {
    const key = [state.max_resource, state.eta, state.crossing].join();
    if (last.key !== key) {
      const runs = linspace(0, samples - 1, samples).map(seed => search(state, seed));
      last = {
        key,
        values: runs[0].map((_, k) => median(runs.map(run => run[k].found.final))),
      };
    }
    return last.values;
  }

  // A replay goes through all rungs of all brackets. At a part of it: the bracket, the
  // rung, and its share that is done.
  function moment(all, part) {
    const stages = all.reduce((sum, { rungs }) => sum + rungs.length, 0);
    let done = +(part * stages).toFixed(9),
      k = 0;
    while (k < all.length - 1 && done > all[k].rungs.length)
      done -= all[k++].rungs.length;
    const rung = Math.max(0, Math.ceil(done) - 1);
    return { stages, now: all[k], rung, share: done - rung };
  }

  // Which of some points is the nearest.
  function closest(points, [x, y]) {
    const far = points.map(([a, b]) => Math.hypot(a - x, b - y));
    return lowest(far);
  }

  return { largest, loss, search, samples, medians, moment, closest };
}
