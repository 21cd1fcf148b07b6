/** Evaluations and samples of a run during training. */
import { yieldToEventLoop, type Job } from '../base/job';
import type { Evaluator } from '../evaluate/evaluator';
import type { Evaluated } from '../metrics';
import type { Shown } from '../objectives/shown';
import { diverged } from './diverged';
import type { Learner } from './learner';
import { isEarly, waitedAfter } from './patience';
import type { TrainEvent, TrainInput, TrainState } from './run';
import type { StepQueue } from './stepQueue';

export class RunEvaluations {
  /** Step and loss of the last evaluation. */
  last: TrainState['best'] = null;

  constructor(
    private readonly run: {
      input: TrainInput;
      state: TrainState;
      learning: Learner;
      evaluating: Evaluator;
      steps: StepQueue;
    },
    private readonly job: Job<TrainEvent>,
  ) {}

  /** Lets other work on the device have its turn. */
  pause = (): Promise<void> => this.run.input.pause?.(() => this.run.steps.settle()) ?? yieldToEventLoop();

  /** Whether the current step has been evaluated. */
  get isCurrent(): boolean {
    return this.last?.step === this.run.state.step;
  }

  /** Evaluation of the current step, if its loss is the lowest so far; else null. */
  get improved(): TrainState['best'] {
    return this.isCurrent && this.last!.loss < (this.run.state.best?.loss ?? Infinity) ? this.last : null;
  }

  /** Evaluates the current step. Reports the sample first, because it is ready before the loss. */
  async evaluate(): Promise<void> {
    const { input, state, steps } = this.run;
    await steps.settle();
    const sample = await this.sample(input.recipe.samplePrompt).catch(async (error: unknown) => {
      await this.measure(); // throws `diverged` if that is why sampling failed
      throw error;
    });
    const { step, activeMs } = state;
    this.job.report({ kind: 'shown', step, sample });
    const evaluated = await this.measure();
    this.last = { step, loss: evaluated.loss };
    this.job.report({ kind: 'evaluated', step, ...evaluated, activeMs, sample });
  }

  /** Makes a scheduled evaluation, which counts toward early stopping. */
  async evaluateOnSchedule(): Promise<void> {
    const { input, state } = this.run;
    await this.evaluate();
    const waited = waitedAfter(state.waited, this.last!.loss, input.recipe);
    if (!waited) return;
    state.waited = waited;
    if (isEarly(state, input.recipe)) this.job.report({ kind: 'early', step: state.step, ...waited });
  }

  /** Answers requests during training. An evaluation counts like any other; no request changes the weights. */
  async answerRequests(): Promise<void> {
    const { input, state, steps } = this.run;
    for (let request = input.asked?.(); request; request = input.asked?.()) {
      if (request.what === 'sample') {
        await steps.settle();
        const { prompt } = request;
        this.job.report({ kind: 'sampled', step: state.step, prompt, sample: await this.sample(prompt) });
      } else if (!this.isCurrent) await this.evaluate();
    }
  }

  private async measure(): Promise<Evaluated> {
    const { input, state, learning, evaluating } = this.run;
    const { batch, evalTokens } = input.recipe;
    const settings = { rows: batch, tokens: evalTokens };
    const evaluated = await evaluating.measure(input.validation, settings, input.tokenizer, this.pause);
    if (!Number.isFinite(evaluated.loss))
      throw diverged(`At step ${state.step} the loss on held-out text is ${evaluated.loss}.`);
    const oldPerplexity = await input.old?.(learning.network, this.pause);
    return oldPerplexity ? { ...evaluated, metrics: { ...evaluated.metrics, oldPerplexity } } : evaluated;
  }

  private sample(prompt: string): Promise<Shown> {
    const { input, learning } = this.run;
    const { tokenizer, validation: source } = input;
    return learning.objective.show(learning.network, { tokenizer, prompt, source, pause: this.pause });
  }
}
