/** The plan: settings for the project's texts, the device in use and a time budget. */
import { modelSpec } from '../core/models';
import { coveredQuality, type Expected } from '../core/plan/expected';
import { costOf } from '../core/plan/pace';
import { isFarOff, ofSteps, type Plan } from '../core/plan/plan';
import { measuredVocabulary, type TextProfile } from '../core/plan/profile';
import { textRef } from '../core/documents/record';
import { counted } from '../core/base/units';
import { same } from '../core/runs/mergeFields';
import { initialProject, type Project } from '../core/runs/project';
import { DEFAULT_RECIPE, objectiveSettings, tokensPerStep } from '../core/train/recipe';
import { limitsOf, modelOf, recipeOf } from './estimate';
import { textIds } from './preparation';
import { forPairsSample } from './pairsSample';
import { buildTime } from './workTime';
import type { PlanSlice, Planned } from './slices/plan';
import type { Inputs } from './slices/preparation';
import type { Slice, Studio } from './slices/studio';

/** Time budget of the first click. */
export const FIRST_MINUTES = 3;
/** File of the bundled sample that the first page offers first. */
export const FIRST_SAMPLE = 'moby-dick.txt';

export const createPlanSlice: Slice<
  PlanSlice,
  Pick<
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
  >
> =
  ({ data, gpu, toasts, session }) =>
  (set, get) => {
    /** Last plan of each project. */
    const plans = new Map<string, Plan>();
    /** Number of requests: an earlier one may finish later, and isn't shown then. */
    let turns = 0;

    async function make(inputs: Inputs, minutes: number, vocabulary?: number): Promise<Plan | undefined> {
      const { project, texts } = inputs;
      const { device } = get();
      const turn = ++turns;
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
      if (turn === turns && get().project.id === project.id)
        set({ planned: { of: planKey({ project, texts, device }, minutes), plan, text } });
      return plan;
    }
    /** Applies settings to a run in preparation, and to the project, unless a person has changed it meanwhile. */
    async function keep(inputs: Inputs, settings: Partial<Project>): Promise<Inputs> {
      const { project } = inputs;
      const now = get().project;
      if (now.id !== project.id || isMade(now, project)) await get().changeOf(project.id, settings);
      return { ...inputs, project: { ...project, ...settings } };
    }

    /** Returns the inputs with planned settings, also stored in the project; unchanged if there is no plan. */
    async function plannedFor(inputs: Inputs, minutes: number): Promise<Inputs> {
      // If the text is too short for any plan, the refusal to start says so.
      const plan = await make(inputs, minutes).catch(() => undefined);
      return plan ? keep(inputs, settingsOf(plan, inputs.project, minutes)) : inputs;
    }
    /** Corrects the plan by the time of a few real steps. */
    async function correctedFor(inputs: Inputs, minutes: number): Promise<Inputs> {
      const { project } = inputs;
      const { tokenizer, data: record } = project;
      const { device } = get();
      const plan = plans.get(project.id);
      if (!tokenizer || !record || !plan || device.kind !== 'open') return inputs;
      // Settings that a person changed weren't planned, so real steps with them don't correct the plan.
      if (!isMade({ ...project, ...settingsOf(plan, project, minutes) }, project)) return inputs;
      const recipe = recipeOf(project, limitsOf({ device }));
      const tried = { model: modelOf(project), recipe, tokenizer: tokenizer.model, data: record };
      const { step } = await gpu.call('trial', tried);
      const expected = 1000 * plan.pace.step;
      const off = step / expected;
      const slowness = (device.info.slowness ?? 1) * off;
      set(({ device: now }) =>
        now.kind === 'open' ? { device: { kind: 'open', info: { ...now.info, slowness } } } : {},
      );
      if (!isFarOff(off)) {
        const steps = Math.max(1, Math.min(plan.maxSteps, Math.floor(recipe.steps / off)));
        return keep(inputs, { recipe: ofSteps(project.recipe, steps, plan.seconds, step / 1000) });
      }
      const again = await make(inputs, minutes, tokenizer.size).catch(() => undefined);
      if (!again) return inputs;
      toasts.show({
        text: `This device is ${off > 1 ? 'slower' : 'faster'} than expected`,
        detail: `The run now has ${counted(again.recipe.steps, 'step')}, to fit the same time.`,
      });
      return keep(inputs, settingsOf(again, project, minutes));
    }

    return {
      planned: null,
      granted: null,
      async planFor(minutes) {
        const inputs = get();
        const follows = followsPlan(inputs);
        const known = minutes === inputs.project.plan.minutes ? plannedNow(inputs) : undefined;
        const plan = known ?? (await make(inputs, minutes));
        // A run in preparation has its own plan.
        if (plan && !session.current() && get().project === inputs.project && follows)
          await keep(inputs, settingsOf(plan, inputs.project, minutes));
        return plan;
      },
      async lookAtPlan() {
        const inputs = get();
        if (!plannedNow(inputs)) await make(inputs, inputs.project.plan.minutes);
      },
      async takePlan(minutes) {
        const inputs = get();
        const plan = await make(inputs, minutes);
        if (!plan) return false;
        const { model, ...settings } = settingsOf(plan, inputs.project, minutes);
        await keep(inputs, { ...settings, model: { ...model, isEdited: true } });
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
      async prepareByPlan(inputs, given) {
        const { project } = inputs;
        const { planned } = get();
        const minutes = given ?? (followsPlan({ project, planned }) ? project.plan.minutes : undefined);
        if (minutes === undefined) return get().prepareFor(inputs);
        const ready = await get().prepareFor(await plannedFor(inputs, minutes));
        const fitted = ready && (await correctedFor(ready, minutes));
        const runId = session.current()?.runId;
        if (fitted && runId !== undefined && plans.has(project.id))
          set({ granted: { runId, milliseconds: 60_000 * minutes, steps: fitted.project.recipe.steps } });
        return fitted;
      },
    };
  };

/** Keeps the project's own prompt and seed. */
function settingsOf(
  { vocabulary, model, recipe }: Plan,
  project: Project,
  minutes: number,
): Partial<Project> & Pick<Project, 'model'> {
  const { samplePrompt, seed } = project.recipe;
  return {
    plan: { ...project.plan, minutes },
    tokenizerChoice: { kind: vocabulary.kind, vocabulary: vocabulary.size },
    model: { ...project.model, config: model.config, byHand: [] },
    recipe: { ...recipe, ...objectiveSettings(project.recipe), samplePrompt, seed },
    recompute: 'auto',
    rateByHand: false, // another optimizer has another default
  };
}

/** Whether two projects build the same run; settings that follow from its length are ignored. */
const isMade = (a: Project, b: Project): boolean => {
  const made = ({ model, recipe, tokenizerChoice }: Project) => {
    const { steps: _, warmup: __, evalEvery: ___, saveEvery: ____, ...others } = recipe;
    return [model.id, model.config, others, tokenizerChoice];
  };
  return same(made(a), made(b));
};

/** Whether nothing was built with the settings. */
const isUnused = ({ tokenizer, data, runId }: Project): boolean =>
  tokenizer === null && data === null && runId === null;

/** Whether no setting was changed and nothing was built; the prompt comes from the text. */
export function isAsNew(project: Project): boolean {
  const { model, recipe, recompute, tokenizerChoice } = project;
  const first = initialProject();
  const { samplePrompt } = first.recipe;
  return (
    isUnused(project) &&
    recompute === first.recompute &&
    same(model, first.model) &&
    same({ ...recipe, samplePrompt }, first.recipe) &&
    same(tokenizerChoice, first.tokenizerChoice)
  );
}

/** Whether a plan sets everything: all settings are the initial ones or those of the last plan. */
export function followsPlan({ project, planned }: Pick<Studio, 'project' | 'planned'>): boolean {
  if (isAsNew(project)) return true;
  if (!planned || !isUnused(project) || project.model.isEdited) return false;
  const made = { ...project, ...settingsOf(planned.plan, project, project.plan.minutes) };
  const settings = ({ model, recipe, recompute, tokenizerChoice }: Project) => [
    model,
    recipe,
    recompute,
    tokenizerChoice,
  ];
  return same(settings(made), settings(project));
}

/** Expected quality with the project's settings; undefined before a plan read the texts, and unlike recorded runs. */
export function expectedOf(s: Planning): Expected | undefined {
  const text = profileNow(s);
  if (!text) return undefined;
  const { project } = s;
  const { id, config, vocabulary } = modelOf(project);
  const known = measuredVocabulary(text, vocabulary);
  if (!known) return undefined;
  const { recipe } = project;
  const { validation, test } = project.split;
  const run = {
    vocabulary,
    repeated: text.repeated,
    parameters: costOf(modelSpec(id), config, vocabulary).ofLayers,
    unique: (text.bytes / known.bytesPerToken) * (1 - validation - test),
    perStep: tokensPerStep(recipe, config.context),
    steps: recipe.steps,
    learningRate: recipe.learningRate,
    dropout: recipe.dropout,
  };
  return coveredQuality(id, recipe, run, known);
}

type Planning = Pick<Studio, 'project' | 'texts' | 'device' | 'planned'>;
/** Plan with text statistics for the project's current state; undefined until it is made. */
const currentPlan = (s: Planning): Planned | undefined =>
  s.planned?.of === planKey(s, s.project.plan.minutes) ? s.planned : undefined;

/** The plan for the project as it is; undefined until it is made. */
export const plannedNow = (s: Planning): Plan | undefined => currentPlan(s)?.plan;

/** The plan's statistics of the current texts; undefined until it has read them. */
export const profileNow = (s: Planning): TextProfile | undefined => currentPlan(s)?.text;

/** Seconds left for training: tokenization counts toward the minutes, but training gets at least half. */
function trainingBudget({ texts }: Inputs, minutes: number, buildRate: number | undefined): number {
  const seconds = 60 * minutes;
  return Math.max(seconds / 2, seconds - (buildTime({ texts, buildRate }) ?? 0) / 1000);
}

/** Key of all inputs of a plan. */
export const planKey = (
  { project, texts, device }: Pick<Studio, 'project' | 'texts' | 'device'>,
  minutes: number,
): string =>
  JSON.stringify([
    minutes,
    texts.map(textRef),
    project.split,
    project.model.id,
    project.recipe.objective,
    device.kind === 'open' && [device.info.kind, device.info.gigaflops, device.info.slowness, device.info.limits],
  ]);
