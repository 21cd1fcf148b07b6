/** --minutes without sizes: plans the settings for the text, the device and the time. */
import type { Document } from '../src/core/base/document';
import { HomegrownError } from '../src/core/base/errors';
import type { Job } from '../src/core/base/job';
import { flagOf } from '../src/core/base/field';
import { formatCount, formatDuration, formatNumber, formatReading, formatShort } from '../src/core/base/units';
import { modelIds, modelSpec, type ModelId } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import { type ObjectiveId, rolesOf } from '../src/core/objectives';
import { matrixRate } from '../src/core/ops/matrixRate';
import type { OptimizerId } from '../src/core/optim';
import { costWords, energyOf, type Power, priceWords, wattHoursWords } from '../src/core/train/energy';
import { type Expected, uncoveredWords } from '../src/core/plan/expected';
import { shortContextWords, trigramWords } from '../src/core/plan/planWords';
import { isFarOff, makePlan, ofSteps, type Plan, withRecipe } from '../src/core/plan/plan';
import { profileText, type TextProfile } from '../src/core/plan/profile';
import { SMALLEST_VOCABULARY, type TrainSettings } from '../src/core/tokenizer/train';
import type { MemoryLimits } from '../src/core/train/memory';
import { RECIPE, type Recipe, tokensPerStep } from '../src/core/train/recipe';
import type { DeviceKind } from '../src/core/train/run';
import { settingsOf } from './fields';
import { rateOf } from './learningRate';
import type { Options, Values } from './options';

/** Flags that set the size of a run: with one of them nothing is planned. */
const SIZES = ['tokenizer', 'special', 'batch', 'batch-tokens', 'accumulate', 'steps'];
const sizeFlags = (): readonly string[] => [
  ...SIZES,
  ...modelIds().flatMap((id) => Object.keys(modelSpec(id).fields).map(flagOf)),
];
/** Whether the settings are planned. */
export const isForThePlan = (given: ReadonlySet<string>): boolean =>
  given.has('minutes') && !given.has('resume') && !sizeFlags().some((name) => given.has(name));

interface Wish {
  model: ModelId;
  objective: ObjectiveId;
  /** Held-out share of the text. */
  held: number;
  limits(): MemoryLimits;
  kind(): DeviceKind;
  /** Remaining milliseconds. */
  left(): number;
}

/** Plans by the device's speed, and again once real steps are measured. */
export class Planner {
  private text: TextProfile | undefined;
  private gigaflops = 0;
  private slowness = 1;
  private current: Plan | undefined;
  constructor(private readonly wish: Wish) {}

  /** Share of the text that repeats; undefined before it is profiled. */
  get repeated(): number | undefined {
    return this.text?.repeated;
  }

  get plan(): Plan {
    if (!this.current) throw new HomegrownError('bug', 'No plan yet');
    return this.current;
  }

  /** @returns the settings of the tokenizer */
  async begin(documents: readonly Document[], job: Job): Promise<TrainSettings> {
    this.text = await profileText(documents, job);
    this.gigaflops = await matrixRate(() => performance.now());
    const { kind, size } = this.make().vocabulary;
    const roles = rolesOf(this.wish.objective);
    return { kind, vocabulary: Math.max(size, SMALLEST_VOCABULARY + roles.length), roles };
  }

  /**
   * @param step milliseconds of a real step
   * @returns whether that differs so much from the expectation that it planned again
   */
  again(step: number): boolean {
    const off = step / (1000 * this.plan.pace.step);
    this.slowness *= off;
    if (!isFarOff(off)) return false;
    const before = this.plan;
    const now = this.make(before.model.vocabulary);
    return JSON.stringify(now.model) !== JSON.stringify(before.model) || now.recipe.batch !== before.recipe.batch;
  }

  /** Returns the recipe for a number of steps; typed flags stay. */
  recipe(typed: Values<Options>, given: ReadonlySet<string>, steps: number): Recipe {
    const { recipe, seconds, pace, most } = this.plan;
    const own = steps === RECIPE.steps.max ? recipe : ofSteps(recipe, Math.min(steps, most), seconds, pace.step);
    const byHand = Object.entries(settingsOf(RECIPE, typed)).filter(([name]) => given.has(flagOf(name)));
    const ofOptimizer = given.has('optimizer') && {
      learningRate: rateOf(undefined, typed.optimizer as OptimizerId, this.plan.model),
    };
    const { objective } = this.wish;
    return { ...own, objective, ...ofOptimizer, ...(Object.fromEntries(byHand) as Partial<Recipe>) };
  }

  /** Returns the plan with another recipe. */
  told(recipe: Recipe): Plan {
    return withRecipe(this.plan, recipe);
  }

  private make(vocabulary?: number): Plan {
    const { held, limits, kind, left, model, objective } = this.wish;
    return (this.current = makePlan({
      text: this.text!,
      held,
      device: { kind: kind(), gigaflops: this.gigaflops, slowness: this.slowness },
      limits: limits(),
      seconds: Math.max(1, left() / 1000), // that none is left is told where steps are fitted
      model,
      objective,
      ...(vocabulary !== undefined && { vocabulary }),
    }));
  }
}
/** Says what the plan expects before the run starts. */
export function planWords(plan: Plan, kind: DeviceKind, power: Power): readonly string[] {
  const { model, recipe, repeated, expected, twice, trigram, epochs, seconds } = plan;
  const short = shortContextWords(plan);
  const { layers, width, context } = model.config;
  const energy = energyOf(seconds, kind, power);
  const parameters = countParams(modelSpec(model.id).params(model.config, model.vocabulary));
  return [
    `Plan: vocabulary ${formatCount(model.vocabulary)}, ${formatCount(layers)} layers of width ${formatCount(width)} ` +
      `(${formatShort(parameters)} parameters), context ${formatCount(context)}, ` +
      `${formatCount(recipe.batch * context)} tokens per step, learning rate ${formatNumber(recipe.learningRate)}; ` +
      `epochs: ${formatNumber(Number(epochs.toPrecision(2)))}.`,
    (expected && twice
      ? `Expected: ${bandWords(expected)} ${expected.unit} on the validation set in ${formatDuration(1000 * seconds)}, ` +
        `about ${formatReading(twice.value)} in twice the time. ${trigram ? `${trigramWords(trigram, seconds)} ` : ''}`
      : `Time: ${formatDuration(1000 * seconds)}. ${uncoveredWords(repeated, recipe.steps * tokensPerStep(recipe, context))} `) +
      `Energy: about ${wattHoursWords(energy)} at ${formatCount(energy.watts)} W${power.watts === undefined ? ', an estimate' : ''}, ` +
      `cost ${costWords(energy)} at ${priceWords(power.price)}.`,
    ...(short === undefined ? [] : [short]),
  ];
}

const bandWords = ({ low, high }: Pick<Expected, 'low' | 'high'>): string =>
  `${formatReading(low)} to ${formatReading(high)}`;
