/** Plans the settings of a run for the text, the device and the time. */
import type { Document } from '../../src/core/base/document';
import { HomegrownError } from '../../src/core/base/errors';
import type { Job } from '../../src/core/base/job';
import type { ModelId } from '../../src/core/models';
import { type ObjectiveId, rolesOf } from '../../src/core/objectives';
import { matrixRate } from '../../src/core/ops/matrixRate';
import { isFarOff, makePlan, ofSteps, type Plan, withRecipe } from '../../src/core/plan/plan';
import { profileText, type TextProfile } from '../../src/core/plan/profile';
import { MIN_VOCABULARY, type TrainSettings } from '../../src/core/tokenizer/train';
import type { MemoryLimits } from '../../src/core/train/memory';
import { RECIPE, type Recipe } from '../../src/core/train/recipe';
import type { DeviceKind } from '../../src/core/train/run';
import { startingRate } from './newRecipe';

interface PlanRequest {
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
  constructor(private readonly request: PlanRequest) {}

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
    const roles = rolesOf(this.request.objective);
    return { kind, vocabulary: Math.max(size, MIN_VOCABULARY + roles.length), roles };
  }

  /**
   * @param step milliseconds of a real step
   * @returns whether that differs so much from the expectation that it planned again
   */
  again(step: number): boolean {
    const ratio = step / (1000 * this.plan.pace.step);
    this.slowness *= ratio;
    if (!isFarOff(ratio)) return false;
    const previousPlan = this.plan;
    const newPlan = this.make(previousPlan.model.vocabulary);
    return (
      JSON.stringify(newPlan.model) !== JSON.stringify(previousPlan.model) ||
      newPlan.recipe.batch !== previousPlan.recipe.batch
    );
  }

  /** Returns the recipe for a number of steps, with the settings that a person chose. */
  recipe(chosen: Partial<Recipe>, steps: number): Recipe {
    const { recipe, seconds, pace, maxSteps } = this.plan;
    const planned =
      steps === RECIPE.steps.max ? recipe : ofSteps(recipe, Math.min(steps, maxSteps), seconds, pace.step);
    const optimizerRate = chosen.optimizer && { learningRate: startingRate(chosen.optimizer, this.plan.model) };
    return { ...planned, objective: this.request.objective, ...optimizerRate, ...chosen };
  }

  /** Returns the plan with another recipe. */
  withRecipe(recipe: Recipe): Plan {
    return withRecipe(this.plan, recipe);
  }

  private make(vocabulary?: number): Plan {
    const { held, limits, kind, left, model, objective } = this.request;
    return (this.current = makePlan({
      text: this.text!,
      held,
      device: { kind: kind(), gigaflops: this.gigaflops, slowness: this.slowness },
      limits: limits(),
      seconds: Math.max(1, left() / 1000), // fitting the steps reports that none is left
      model,
      objective,
      ...(vocabulary !== undefined && { vocabulary }),
    }));
  }
}
