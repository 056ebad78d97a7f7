// The largest clique of a small graph, and the least values on the simplex of s11' - A
// and of I - A + s11'.
function numbers(n) {
  const vertices = Array.from({ length: n }, (_, i) => i);
  const supports = Array.from({ length: 2 ** n - 1 }, (_, m) =>
    vertices.filter(i => ((m + 1) >> i) & 1),
  );

  // The solution of a small linear system by elimination with pivoting, or null.
  function solve(rows) {
    const m = rows.length;
    for (let k = 0; k < m; k++) {
      const best = rows
        .slice(k)
        .reduce((a, row) => (Math.abs(row[k]) > Math.abs(a[k]) ? row : a), rows[k]);
      if (Math.abs(best[k]) < 1e-9) return null;
      rows[rows.indexOf(best)] = rows[k];
      rows[k] = best.map(v => v / best[k]);
      rows = rows.map((row, i) =>
        i === k ? rows[k] : row.map((v, j) => v - row[k] * rows[k][j]),
      );
    }
    return rows.map(row => row[m]);
  }

  // min z'Qz on the simplex: a minimiser with the fewest nonzeros is the only
  // stationary point of its face, where Qz is constant. Every candidate is a point of
  // the simplex, so the least of them is the minimum.
  function least(Q) {
    let best = { value: Infinity };
    for (const S of supports) {
      const system = S.map(i => [...S.map(j => Q[i][j]), -1, 0]);
      const found = solve([...system, [...S.map(() => 1), 0, 1]]);
      if (
        !found ||
        found.slice(0, -1).some(v => v <= 0) ||
        found[S.length] >= best.value - 1e-12
      )
        continue;
      best = {
        value: found[S.length],
        z: vertices.map(i => (S.includes(i) ? found[S.indexOf(i)] : 0)),
      };
    }
    return best;
  }

  // Of the graph with this adjacency matrix.
  function study(A, s) {
    const clique = supports
      .filter(S => S.every(i => S.every(j => i === j || A[i][j])))
      .reduce((best, S) => (S.length > best.length ? S : best));
    const right = least(A.map(row => row.map(v => -v)));
    const slide = least(A.map((row, i) => row.map((v, j) => (i === j) - v)));
    const value = s + right.value,
      descends = value < -1e-12;
    return {
      clique: clique.map(i => i + 1),
      value,
      slide_value: s + slide.value,
      direction: descends ? right.z.map(Math.sqrt) : null,
    };
  }

  return { vertices, study };
}
