// Play and Step: the drawing from progress 0 to 1, by itself or at the reader's pace.
// Returns a call that stops it.
function player({ play, ends }, { button, write, paint, seen, tell }) {
  let frame;
  const stop = () => cancelAnimationFrame(frame);
  const show = (part, before = "") => {
    if (part === 1) write(ends);
    paint(part);
    const { now = "" } = seen();
    if (part < 1 && before + now) tell(before + now);
  };
  if (play && !reducedMotion())
    button("Play", () => {
      const start = performance.now();
      stop();
      const advance = now => {
        const part = clamp((now - start) / play, 0, 1);
        show(part);
        if (part < 1) frame = requestAnimationFrame(advance);
      };
      frame = requestAnimationFrame(advance);
    });
  if (play)
    button("Step", () => {
      const { progress, stages } = seen(),
        next = progress < 1 ? Math.round(progress * stages) + 1 : 0;
      stop();
      show(Math.min(1, next / stages), `Step ${next} of ${stages}. `);
    });
  return stop;
}
