/** The best step of a run: at the end its folder holds that step, if it beats the latest. */
import { defaultStep, type StepLoss } from '../../src/core/runs/best';
import type { Snapshot, TrainInput, TrainState } from '../../src/core/train/run';

export class BestStep {
  /** Everything that a resume needs. */
  private best: Snapshot | undefined;

  constructor(from: Snapshot | undefined) {
    if (from) this.see(from);
  }

  /** Notes a saved snapshot, which may be the best so far. */
  see(saved: Snapshot): void {
    if (saved.state.best?.step === saved.state.step) this.best = saved;
  }

  readonly keep: NonNullable<TrainInput['keepBest']> = async (state, _, tensors) => {
    this.best = { state, tensors: await tensors() };
    return { bytes: 0 };
  };

  /** Returns the step to use instead of the latest; undefined if the latest is used. */
  insteadOf(
    latest: TrainState,
    run: Parameters<typeof defaultStep>[0],
    evaluations: readonly StepLoss[],
  ): Snapshot | undefined {
    const { best } = this;
    if (!best || best.state.step === latest.step) return undefined;
    const steps = [
      { step: best.state.step, best: true, latest: false, loss: best.state.best!.loss },
      { step: latest.step, best: false, latest: true, loss: null },
    ];
    return defaultStep(run, steps, evaluations) === 'best' ? best : undefined;
  }
}
