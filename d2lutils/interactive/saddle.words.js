// What is said of a descent past a saddle.
function words({ landscapes, limit }) {
  function tell(r, { landscape, eps, lr }, collected) {
    if (eps === 0)
      return (
        "Exactly on the ridge the gradient never points off it: the run ends in " +
        "the saddle itself and stays there."
      );
    if (r.status === "diverged")
      return (
        `The run diverges: with learning rate ${format(lr)} the start is too ` +
        `far out.`
      );
    const [distance, rate] = [
      format(Math.abs(eps)),
      `ln(1 + ${landscapes[landscape].curvature}η)`,
    ];
    const escape =
      r.steps === 0
        ? `The start is ${distance} away from the ridge, past the 0.5 that count as ` +
          `escaped.`
        : `From ${distance} beside the ridge the run has ` +
          (r.steps === null
            ? `not left it after ${limit}`
            : `moved 0.5 away after ${r.steps}`) +
          ` ${r.steps === 1 ? "step" : "steps"}; ` +
          `ln(0.5/ε)/${rate} predicts ${format(r.predicted, 4)}.`;
    const end = {
      minimum: ` Then it settles in the minimum (${r.end[0] > 0 ? "1" : "−1"}, 0).`,
      unbounded: " From there it descends for ever: the function has no minimum.",
      moving: " It has not settled.",
    }[r.status];
    const others = collected > 1 ? ` ${collected} escapes are collected.` : "";
    return escape + end + others;
  }

  return tell;
}
