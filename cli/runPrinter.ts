/** Prints a run of grow or tune while it trains: lines and a bar for people, or a JSON object per evaluation. */
import type { Progress as At } from '../src/core/base/job';
import { formatKernels, formatReading, formatShort } from '../src/core/base/units';
import { tokensPerStep } from '../src/core/train/recipe';
import type { TrainEvent } from '../src/core/train/run';
import type { ReadText, RunReporter, RunStart } from '../node/runs/runReporter';
import { baselineSentences } from './baselineWords';
import { type ForecastSummary, forecastSummary } from './forecast';
import type { OPTIONS } from './growOptions';
import { atStep, longTextsWords, reachedWords } from './labelWords';
import type { Values } from './options';
import { evaluationWords, Speed, valuesOf } from './outcome';
import type { Progress } from './progress';
import { startWords } from './startWords';
import { print } from './terminal';

type Evaluated = TrainEvent & { kind: 'evaluated' };

export class RunPrinter implements RunReporter {
  private run: RunStart | undefined;
  private speedMeter: Speed | undefined;
  private lastLoss: number | null = null;

  constructor(
    private readonly options: Values<typeof OPTIONS>,
    private readonly progress: Progress,
  ) {}

  /** Speed since the run started. */
  get speed(): Speed {
    return this.speedMeter!;
  }

  say(line: string): void {
    this.progress.say(line);
  }

  end(): void {
    this.progress.end();
  }

  show(at: At): void {
    this.progress.show(at);
  }

  read({ model, recipe, data, laid, isNew }: ReadText): void {
    for (const words of [laid?.words, longTextsWords(laid, model.config.context, isNew)])
      if (words !== undefined) this.say(words);
    for (const words of baselineSentences(recipe.objective, model, data)) this.say(words);
  }

  starting(run: RunStart): void {
    this.run = run;
    this.speedMeter = new Speed(tokensPerStep(run.recipe, run.model.config.context));
    for (const words of startWords(this.options, run)) this.say(words);
  }

  event(event: TrainEvent, events: readonly TrainEvent[]): void {
    if (event.kind === 'compiling' && event.kernels) {
      const { done, of } = event.kernels;
      if (done === 0) this.say(`Compiling ${formatKernels(of)}.`);
      this.show({ label: 'Compiling', done, of, unit: 'kernels' });
    } else if (event.kind === 'step') {
      this.lastLoss = event.loss;
      this.speed.add(event.tokensPerSecond);
      const { step, tokensPerSecond } = event;
      const note = `loss ${formatReading(event.loss)} · ${formatShort(tokensPerSecond)} tokens/s`;
      this.progress.show({ label: 'Training', done: step, of: this.run!.length(), unit: 'steps' }, note);
    } else if (event.kind === 'evaluated') {
      if (this.options.json) this.printJson(event, events);
      else this.printWords(event, events);
    }
  }

  private printWords(event: Evaluated, events: readonly TrainEvent[]): void {
    const { recipe, data } = this.run!;
    const { step } = event;
    this.say(atStep(step, evaluationWords(recipe.objective, event)));
    const evaluations = events.filter((each) => each.kind === 'evaluated');
    for (const words of reachedWords(evaluations, data.labels)) this.say(atStep(step, words));
    const expected = this.forecast(events);
    if (expected) this.say(atStep(step, expected.words));
  }

  private printJson(event: Evaluated, events: readonly TrainEvent[]): void {
    const forecast = this.forecast(events)?.json;
    print(
      JSON.stringify({
        step: event.step,
        trainLoss: this.lastLoss,
        valLoss: event.loss,
        ...valuesOf(this.run!.recipe.objective, event),
        tokensPerSecond: this.speed.mean,
        ...(forecast && { forecast }),
      }),
    );
  }

  private forecast(events: readonly TrainEvent[]): ForecastSummary | undefined {
    const { model, recipe, data: facts, isContinued, trainable, planner, length } = this.run!;
    const run = { model, recipe, facts, isContinued, trainable, repeated: planner?.repeated, planned: length() };
    return forecastSummary(run, events);
  }
}
