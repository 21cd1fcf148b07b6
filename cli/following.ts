/** Follows a run while it trains: keeps its events, and reports them in words or as JSON. */
import { formatKernels, formatReading, formatShort } from '../src/core/base/units';
import { tokensPerStep, type Recipe } from '../src/core/train/recipe';
import type { ModelChoice, TrainEvent } from '../src/core/train/run';
import type { BaselineFacts } from '../src/core/objectives/facts';
import { atStep, reachedWords } from './labelWords';
import type { ForecastSaid } from './forecast';
import { evaluationWords, Speed, valuesOf } from './outcome';
import type { Progress } from './progress';
import { print } from './terminal';
import type { TimedLength } from '../src/jobs/timedLength';

interface Followed {
  model: ModelChoice;
  recipe: Recipe;
  /** Events up to the step that it resumes from. */
  past: readonly TrainEvent[];
  /** Length of a run with a time limit. */
  timed: TimedLength | null;
  /** Number of steps, which a time limit may change. */
  length(): number;
  progress: Progress;
  isJson: boolean;
  evaluated(event: Evaluated): void;
  /** Forecast of the end; undefined if there is none. */
  forecast(events: readonly TrainEvent[]): ForecastSaid | undefined;
  /** Baselines of a classifier's held-out texts. */
  labels?: BaselineFacts['labels'];
}
type Evaluated = TrainEvent & { kind: 'evaluated' };

export function following({
  model,
  recipe,
  past,
  timed,
  length,
  progress,
  isJson,
  evaluated,
  forecast,
  labels,
}: Followed) {
  const speed = new Speed(tokensPerStep(recipe, model.config.context));
  let lastLoss: number | null = null;
  /** For trainer_state.json. */
  const events: TrainEvent[] = [...past];
  function follow(event: TrainEvent): void {
    events.push(event);
    const changed = timed?.follow(event);
    if (changed !== undefined) progress.say(changed);
    if (event.kind === 'compiling' && event.kernels) {
      const { done, of } = event.kernels;
      if (done === 0) progress.say(`Compiling ${formatKernels(of)}.`);
      progress.show({ label: 'Compiling', done, of, unit: 'kernels' });
    } else if (event.kind === 'step') {
      lastLoss = event.loss;
      speed.add(event.tokensPerSecond);
      const { step, tokensPerSecond } = event;
      const note = `loss ${formatReading(event.loss)} · ${formatShort(tokensPerSecond)} tokens/s`;
      progress.show({ label: 'Training', done: step, of: length(), unit: 'steps' }, note);
    } else if (event.kind === 'evaluated') {
      evaluated(event);
      tell(event);
    }
  }
  function tell(event: Evaluated): void {
    const { step, loss } = event;
    const { objective } = recipe;
    if (!isJson) {
      progress.say(atStep(step, evaluationWords(objective, event)));
      const evaluations = events.filter((each) => each.kind === 'evaluated');
      for (const words of reachedWords(evaluations, labels)) progress.say(atStep(step, words));
      const expected = forecast(events);
      if (expected) progress.say(atStep(step, expected.words));
      return;
    }
    const { mean: tokensPerSecond } = speed;
    const measured = valuesOf(objective, event);
    const expected = forecast(events)?.json;
    print(
      JSON.stringify({
        step,
        trainLoss: lastLoss,
        valLoss: loss,
        ...measured,
        tokensPerSecond,
        ...(expected && { forecast: expected }),
      }),
    );
  }
  return { events, speed, follow };
}
