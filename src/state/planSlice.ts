/** Makes plans and applies them. A run that starts by a plan first corrects it by the time of a few trial steps. */
import { counted } from '../core/base/units';
import { isFarOff, ofSteps, type Plan } from '../core/plan/plan';
import { same } from '../core/runs/mergeFields';
import type { Project } from '../core/runs/project';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { limitsOf, modelOf, recipeOf } from './estimate';
import { forPairsSample } from './pairsSample';
import { FIRST_MINUTES, followsPlan, isAsNew, plannedNow, plannedSettings, planKey } from './plan';
import { textIds } from './preparation';
import { buildTime } from './workTime';
import type { PlanSlice } from './slices/plan';
import type { Inputs } from './slices/preparation';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';

type PlanNeeds = Pick<
  Studio,
  | 'addSample'
  | 'buildRate'
  | 'change'
  | 'changeOf'
  | 'device'
  | 'prepareFor'
  | 'project'
  | 'samples'
  | 'start'
  | 'texts'
  | 'tune'
>;
type PlanState = PlanSlice & PlanNeeds;

export const createPlanSlice: Slice<PlanSlice, PlanNeeds> = (services) => (set, get) => {
  const { session } = services;
  const planner = createPlanner(services, set, get);
  const correctByTrial = trialCorrection(services, planner, set, get);
  return {
    planned: null,
    granted: null,
    async planFor(minutes) {
      const inputs = get();
      const isFollowing = followsPlan(inputs);
      const existing = minutes === inputs.project.plan.minutes ? plannedNow(inputs) : undefined;
      const plan = existing ?? (await planner.makePlan(inputs, minutes));
      // A run in preparation has its own plan.
      if (plan && !session.current() && get().project === inputs.project && isFollowing)
        await planner.applySettings(inputs, plannedSettings(plan, inputs.project, minutes));
      return plan;
    },
    async lookAtPlan() {
      const inputs = get();
      if (!plannedNow(inputs)) await planner.makePlan(inputs, inputs.project.plan.minutes);
    },
    async takePlan(minutes) {
      const inputs = get();
      const plan = await planner.makePlan(inputs, minutes);
      if (!plan) return false;
      const { model, ...settings } = plannedSettings(plan, inputs.project, minutes);
      await planner.applySettings(inputs, { ...settings, model: { ...model, isEdited: true } });
      return true;
    },
    async growSample(file) {
      if (session.current()) return;
      const { id } = get().project;
      if (!(await get().addSample(file)) || get().project.id !== id) return;
      const { project, samples } = get();
      const { pairs, labels } = samples.find((sample) => sample.file === file) ?? {};
      if (labels) {
        await get().tune('classify');
        return;
      }
      if (pairs && isAsNew({ ...project, recipe: { ...project.recipe, objective: DEFAULT_RECIPE.objective } })) {
        get().change(forPairsSample(project));
      }
      // Edited settings are used for the training.
      await get().start(isAsNew(get().project) ? FIRST_MINUTES : undefined);
    },
    async prepareByPlan(inputs, requestedMinutes) {
      const { project } = inputs;
      const { planned } = get();
      const minutes = requestedMinutes ?? (followsPlan({ project, planned }) ? project.plan.minutes : undefined);
      if (minutes === undefined) return get().prepareFor(inputs);
      // If the text is too short for any plan, the refusal to start says so.
      const plan = await planner.makePlan(inputs, minutes).catch(() => undefined);
      const plannedInputs = plan
        ? await planner.applySettings(inputs, plannedSettings(plan, project, minutes))
        : inputs;
      const prepared = await get().prepareFor(plannedInputs);
      const corrected = prepared && (await correctByTrial(prepared, minutes));
      const runId = session.current()?.runId;
      if (corrected && runId !== undefined && planner.lastPlan(project.id))
        set({ granted: { runId, milliseconds: 60_000 * minutes, steps: corrected.project.recipe.steps } });
      return corrected;
    },
  };
};

interface Planner {
  /** Plans for a time budget. Undefined without a text or a device. */
  makePlan(inputs: Inputs, minutes: number, vocabulary?: number): Promise<Plan | undefined>;
  /** Newest plan of a project in this session. */
  lastPlan(projectId: string): Plan | undefined;
  /** Applies settings to a run in preparation, and to the project, unless a person has changed it meanwhile. */
  applySettings(inputs: Inputs, settings: Partial<Project>): Promise<Inputs>;
}

function createPlanner({ data }: Pick<SliceServices, 'data'>, set: SetState<PlanState>, get: () => PlanState): Planner {
  const plans = new Map<string, Plan>();
  /** Number of requests: an earlier one may finish later, and isn't shown then. */
  let requests = 0;
  return {
    async makePlan(inputs, minutes, vocabulary) {
      const { project, texts } = inputs;
      const { device } = get();
      const request = ++requests;
      if (texts.length === 0 || device.kind !== 'open') return undefined;
      const { kind, gigaflops, slowness } = device.info;
      const { validation, test } = project.split;
      const { plan, text } = await data.call('plan', {
        texts: textIds({ texts }),
        held: validation + test,
        device: { kind, gigaflops, ...(slowness !== undefined && { slowness }) },
        limits: limitsOf({ device }),
        seconds: trainingBudget(inputs, minutes, get().buildRate),
        model: project.model.id,
        objective: project.recipe.objective,
        ...(vocabulary !== undefined && { vocabulary }),
      });
      plans.set(project.id, plan);
      if (request === requests && get().project.id === project.id)
        set({ planned: { of: planKey({ project, texts, device }, minutes), plan, text } });
      return plan;
    },
    lastPlan: (projectId) => plans.get(projectId),
    async applySettings(inputs, settings) {
      const { project } = inputs;
      const now = get().project;
      if (now.id !== project.id || buildsSameRun(now, project)) await get().changeOf(project.id, settings);
      return { ...inputs, project: { ...project, ...settings } };
    },
  };
}

/** @returns a function that corrects the plan of prepared inputs by the time of a few real steps */
function trialCorrection(
  { gpu, toasts }: Pick<SliceServices, 'gpu' | 'toasts'>,
  { makePlan, lastPlan, applySettings }: Planner,
  set: SetState<PlanState>,
  get: () => PlanState,
): (inputs: Inputs, minutes: number) => Promise<Inputs> {
  return async (inputs, minutes) => {
    const { project } = inputs;
    const { tokenizer, data } = project;
    const { device } = get();
    const plan = lastPlan(project.id);
    if (!tokenizer || !data || !plan || device.kind !== 'open') return inputs;
    // Settings that a person changed weren't planned, so real steps with them don't correct the plan.
    if (!buildsSameRun({ ...project, ...plannedSettings(plan, project, minutes) }, project)) return inputs;
    const recipe = recipeOf(project, limitsOf({ device }));
    const input = { model: modelOf(project), recipe, tokenizer: tokenizer.model, data };
    const { step: stepMs } = await gpu.call('trial', input);
    const ratio = stepMs / (1000 * plan.pace.step);
    const slowness = (device.info.slowness ?? 1) * ratio;
    set(({ device: current }) =>
      current.kind === 'open' ? { device: { kind: 'open', info: { ...current.info, slowness } } } : {},
    );
    if (!isFarOff(ratio)) {
      const steps = Math.max(1, Math.min(plan.maxSteps, Math.floor(recipe.steps / ratio)));
      return applySettings(inputs, { recipe: ofSteps(project.recipe, steps, plan.seconds, stepMs / 1000) });
    }
    const newPlan = await makePlan(inputs, minutes, tokenizer.size).catch(() => undefined);
    if (!newPlan) return inputs;
    toasts.show({
      text: `This device is ${ratio > 1 ? 'slower' : 'faster'} than expected`,
      detail: `The run now has ${counted(newPlan.recipe.steps, 'step')}, to fit the same time.`,
    });
    return applySettings(inputs, plannedSettings(newPlan, project, minutes));
  };
}

/** Whether two projects build the same run; settings that follow from its length are ignored. */
const buildsSameRun = (a: Project, b: Project): boolean => {
  const runSettings = ({ model, recipe, tokenizerChoice }: Project) => {
    const { steps: _, warmup: __, evalEvery: ___, saveEvery: ____, ...others } = recipe;
    return [model.id, model.config, others, tokenizerChoice];
  };
  return same(runSettings(a), runSettings(b));
};

/** Seconds left for training: tokenization counts toward the minutes, but training gets at least half. */
function trainingBudget({ texts }: Inputs, minutes: number, buildRate: number | undefined): number {
  const seconds = 60 * minutes;
  return Math.max(seconds / 2, seconds - (buildTime({ texts, buildRate }) ?? 0) / 1000);
}
