// Work beside the page: aside(make, sources) has make()(argument) computed in a worker;
// the source of `make` may need PORTABLE and `sources`. get(key, argument, again)
// returns the newest result that there is, { result, key }, and calls again() when a
// newer one has come. The first one, and all where there are no workers, are computed
// at once.
const PORTABLE = [uniforms, normals, mean, median, clamp, linspace, orthogonalise];
function aside(make, sources) {
  let worker,
    wanted,
    busy,
    latest = {};
  const source = [...PORTABLE, ...sources].map(String).join("\n");
  const start = () => {
    const code = `${source}\nconst compute = (${make})();
      onmessage = ({ data: [key, value] }) => postMessage([key, compute(value)]);`;
    const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    return new Worker(address);
  };
  const now = make();
  function atOnce(key, argument) {
    if (latest.key !== key) latest = { key, result: now(argument) };
    return latest;
  }
  function send() {
    if (busy || !wanted) return;
    busy = true;
    worker.postMessage(wanted.slice(0, 2));
  }
  function get(key, argument, again) {
    if (latest.key === key || !latest.key) return atOnce(key, argument);
    if (wanted?.[0] === key) return latest;
    wanted = [key, argument, again];
    try {
      worker ??= start();
    } catch {
      return atOnce(key, argument);
    }
    worker.onerror = () => {
      worker = { postMessage: ([k, a]) => worker.onmessage({ data: [k, now(a)] }) };
      busy = false;
      listen();
      send();
    };
    listen();
    send();
    return latest;
  }
  function listen() {
    worker.onmessage = ({ data: [key, result] }) => {
      busy = false;
      latest = { key, result };
      const call = wanted?.[2];
      if (wanted?.[0] === key) wanted = null;
      else send();
      call?.();
    };
  }
  return { get, atOnce, off: () => worker?.terminate?.() };
}
