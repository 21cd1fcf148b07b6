/** Checkpoints of a run during training: complete ones, the best step, and intermediate ones. */
import type { Job } from '../base/job';
import type { Learner } from './learner';
import type { TrainEvent, TrainInput, TrainState } from './run';
import type { RunEvaluations } from './runEvaluations';
import type { StepQueue } from './stepQueue';

export class RunSaves {
  /** Step of the newest complete checkpoint. */
  savedStep: number | null;

  constructor(
    private readonly run: {
      input: TrainInput;
      state: TrainState;
      learning: Learner;
      steps: StepQueue;
      evaluations: RunEvaluations;
    },
    private readonly job: Job<TrainEvent>,
  ) {
    this.savedStep = run.input.from ? run.state.step : null;
  }

  /** Saves a checkpoint. The best step changes only once its checkpoint is stored. */
  async save(): Promise<void> {
    const { input, state, learning, steps, evaluations } = this.run;
    await steps.settle();
    const saved = { ...state, best: evaluations.improved ?? state.best };
    const { bytes } = await input.save({ state: saved, tensors: await learning.tensors() });
    this.savedStep = saved.step;
    state.best = saved.best;
    this.job.report({ kind: 'saved', step: saved.step, bytes });
  }

  /** Stores the weights of the current step if it is the best so far. */
  async keepBest(): Promise<void> {
    const { input, state, learning, evaluations } = this.run;
    const best = evaluations.improved;
    if (!best || !input.keepBest) return;
    const { bytes } = await input.keepBest(
      { ...state, best },
      () => learning.weights(),
      () => learning.tensors(),
    );
    state.best = best;
    this.job.report({ kind: 'kept', step: best.step, bytes });
  }

  /** Stores an intermediate checkpoint, if one is due. */
  async keepLight(): Promise<void> {
    const { input, state, learning, steps } = this.run;
    if (!input.light?.at(state.step)) return;
    await steps.settle();
    const kept = await input.light.keep({ ...state }, () => learning.weights());
    if (kept) this.job.report({ kind: 'kept', step: state.step, bytes: kept.bytes, light: true });
  }
}
