/** --minutes without sizes: the settings are those of the plan for this text, this device and this time. */
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

/** Flags that say how large the run is: with one of them a person plans it. */
const SIZES = ['tokenizer', 'special', 'batch', 'batch-tokens', 'accumulate', 'steps'];
const sizeFlags = (): readonly string[] => [
  ...SIZES,
  ...modelIds().flatMap((id) => Object.keys(modelSpec(id).fields).map(flagOf)),
];
/** Whether the plan is to choose. */
export const isForThePlan = (given: ReadonlySet<string>): boolean =>
  given.has('minutes') && !given.has('resume') && !sizeFlags().some((name) => given.has(name));

export interface Wish {
  model: ModelId;
  objective: ObjectiveId;
  /** Of the text, that is not learnt from. */
  held: number;
  limits(): MemoryLimits;
  kind(): DeviceKind;
  /** Milliseconds that are left for the run. */
  left(): number;
}

/** Plans by the device's rate, and again when it is known what real steps take. */
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

  /** @returns what the tokenizer is to be */
  async begin(documents: readonly Document[], job: Job): Promise<TrainSettings> {
    this.text = await profileText(documents, job);
    this.gigaflops = await matrixRate(() => performance.now());
    const { kind, size } = this.make().vocabulary;
    const roles = rolesOf(this.wish.objective);
    return { kind, vocabulary: Math.max(size, SMALLEST_VOCABULARY + roles.length), roles };
  }

  /**
   * @param step milliseconds that a real one takes
   * @returns whether that is so much more or less than was expected that there is another plan
   */
  again(step: number): boolean {
    const off = step / (1000 * this.plan.pace.step);
    this.slowness *= off;
    if (!isFarOff(off)) return false;
    const before = this.plan;
    const now = this.make(before.model.vocabulary);
    return JSON.stringify(now.model) !== JSON.stringify(before.model) || now.recipe.batch !== before.recipe.batch;
  }

  /** The recipe for so many steps; what was given by flags stays as it was given. */
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

  /** The plan with this recipe in it. */
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
/** What it will be, before it begins. */
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

export const bandWords = ({ low, high }: Pick<Expected, 'low' | 'high'>): string =>
  `${formatReading(low)} to ${formatReading(high)}`;
