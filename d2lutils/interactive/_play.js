// Play and Step: the drawing from progress 0 to 1, by itself or at the reader's pace.
// Returns a call that stops it.
function player({ button, paint, stages, progress, tell }) {
  let frame;
  const stop = () => cancelAnimationFrame(frame);
  if (!reducedMotion())
    button("Play", () => {
      const start = performance.now();
      stop();
      const advance = now => {
        const part = clamp((now - start) / 4000, 0, 1);
        paint(part);
        if (part < 1) frame = requestAnimationFrame(advance);
      };
      frame = requestAnimationFrame(advance);
    });
  button("Step", () => {
    stop();
    const next = progress() < 1 ? Math.round(progress() * stages()) + 1 : 0;
    if (next < stages()) tell(`Step ${next} of ${stages()}.`);
    paint(Math.min(1, next / stages()));
  });
  return stop;
}
