// What the figures compute with; uniforms and normals have twins in Python.

// mulberry32 as a function of its counter; d2lutils.interactive.uniforms is its twin.
function uniforms(seed, n) {
  return Array.from({ length: n }, (_, i) => {
    const a = (seed + Math.imul(i + 1, 0x6d2b79f5)) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  });
}

// Box and Muller (1958): uniforms 2k and 2k+1 give normals 2k and 2k+1.
function normals(seed, n) {
  const u = uniforms(seed, n + (n % 2));
  return Array.from({ length: n }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - u[i - (i % 2)]));
    const angle = 2 * Math.PI * u[i - (i % 2) + 1];
    return radius * (i % 2 ? Math.sin(angle) : Math.cos(angle));
  });
}

function mean(values) {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
function median(values) {
  const sorted = [...values].sort((a, b) => a - b),
    half = (values.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}
// The place of the least of some values, and of the one that is nearest to another.
const lowest = values => values.indexOf(Math.min(...values));
const nearest = (values, value) => lowest(values.map(v => Math.abs(v - value)));

function clamp(v, lo, hi) {
  return Math.min(hi, Math.max(lo, v));
}
function linspace(lo, hi, n) {
  return Array.from({ length: n }, (_, i) => lo + ((hi - lo) * i) / (n - 1));
}

// A zero of an increasing-through-zero function bracketed by [lo, hi], to the last bit.
function bisect(g, lo, hi) {
  for (let i = 0; i < 80; i++) {
    const middle = (lo + hi) / 2;
    if (g(middle) < 0) lo = middle;
    else hi = middle;
  }
  return (lo + hi) / 2;
}

const superscript = k => String(k).replace(/./g, c => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] || "⁻");

function format(v, digits = 3) {
  if (v === 0) return "0";
  const [mantissa, power] = v.toExponential(digits - 1).split("e");
  const text =
    +power < -3 || +power > 4
      ? (+mantissa === 1 ? "" : +mantissa + " × ") + "10" + superscript(+power)
      : String(+v.toPrecision(digits));
  return text.replace(/^-/, "−");
}

const percent = v => format(100 * v) + "%";

// Round values for a logarithmic slider, e.g. niceValues(1, 1000, [1, 2, 5]) = 1, 2, 5,
// 10, ..., 1000.
function niceValues(lo, hi, mantissas) {
  const all = [];
  for (let k = Math.floor(Math.log10(lo)); k <= Math.log10(hi); k++)
    for (const m of mantissas) all.push(+(m + "e" + k));
  return all.filter(v => v >= lo * (1 - 1e-9) && v <= hi * (1 + 1e-9));
}

function ticks(lo, hi, count) {
  const raw = (hi - lo) / count,
    power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find(m => m * power >= raw * 0.999) * power;
  const first = Math.ceil(lo / step - 1e-9);
  return Array.from(
    { length: Math.floor(hi / step + 1e-9) - first + 1 },
    (_, i) => +((first + i) * step).toPrecision(12),
  );
}

// One-sided Jacobi: turn pairs of rows, in place, until all are at right angles.
function orthogonalise(rows) {
  const n = rows[0].length;
  for (let turned = true, sweep = 0; turned && sweep < 30; sweep++) {
    turned = false;
    for (let i = 1; i < rows.length; i++)
      for (let j = 0; j < i; j++) {
        const [a, b] = [rows[i], rows[j]];
        let [aa, bb, ab] = [0, 0, 0];
        for (let k = 0; k < n; k++) {
          aa += a[k] * a[k];
          bb += b[k] * b[k];
          ab += a[k] * b[k];
        }
        if (Math.abs(ab) <= 1e-15 * Math.sqrt(aa) * Math.sqrt(bb)) continue;
        turned = true;
        const z = (bb - aa) / (2 * ab),
          t = (z < 0 ? -1 : 1) / (Math.abs(z) + Math.hypot(1, z)),
          c = 1 / Math.hypot(1, t);
        for (let k = 0; k < n; k++) {
          const v = a[k];
          a[k] = c * (v - t * b[k]);
          b[k] = c * (b[k] + t * v);
        }
      }
  }
  return rows;
}
