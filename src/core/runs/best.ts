/** Which step of a run did best on held-out text, and whether it is still there. */

/** A step and its loss in nats per token. */
export interface Measured {
  step: number;
  loss: number;
}

/**
 * The best evaluation up to the saved step `upTo`, where its weights were not kept: neither is it that step, nor is the
 * best step that is kept as good. So it is in runs of builds that kept a best step only where it was saved as well, and in
 * models that were brought in without it.
 */
export function bestNotKept(
  evaluations: readonly Measured[],
  upTo: number,
  kept: Measured | null,
): Measured | undefined {
  let best: Measured | undefined;
  for (const { step, loss } of evaluations) {
    if (step <= upTo && loss < (best?.loss ?? Infinity)) best = { step, loss };
  }
  return best && best.step !== upTo && best.loss < (kept?.loss ?? Infinity) ? best : undefined;
}
