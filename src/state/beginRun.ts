/** Starts a run on the project's texts: builds missing artifacts, then trains a new model. */
import { badSettings, HomegrownError } from '../core/base/errors';
import { problems, unfit } from '../core/train/problems';
import { fittedTo, shortTextWords } from '../core/train/shortText';
import type { MemoryLimits } from '../core/train/memory';
import type { Project } from '../core/runs/project';
import type { BeginInput } from '../protocol/gpu';
import { limitsOf, recipeOf, settingsOf } from './estimate';
import { textFacts } from './preparation';
import { nextRunNameOf } from './projectName';
import type { SliceServices, Studio } from './slices/studio';
import type { Asking } from './slices/training';
import type { Claim } from './slices/trainingSession';

export type BeginNeeds = Pick<
  Studio,
  'device' | 'inRows' | 'makingOf' | 'prepareByPlan' | 'project' | 'waitForReading'
>;

interface RunStart {
  runId: string;
  /** Project and texts at the press. */
  pressed: Asking;
  /** Time budget of a plan; without one, the project's settings are used. */
  minutes?: number | undefined;
}

export async function beginRun(
  services: SliceServices,
  get: () => BeginNeeds,
  claim: Claim,
  { runId, pressed, minutes }: RunStart,
): Promise<void> {
  const { gpu, store, now, toasts, session } = services;
  const inputs = await get().waitForReading(pressed, session.signal());
  if (inputs?.texts.length === 0) throw badSettings('There is no text to train on', 'Add text, or a sample.');
  const ready = inputs && (await get().prepareByPlan(inputs, minutes));
  if (!ready || session.signal().aborted) {
    const { tokenizing, building } = get().makingOf(pressed.project.id);
    const failed = inputs && [tokenizing, building].find((work) => work.kind === 'failed');
    if (failed) session.fail(runId, failed.failure);
    else claim.undo();
    return;
  }
  const { project, texts } = ready;
  const limits = limitsOf(get());
  const { note, ...run } = configure(project, limits);
  if (note !== undefined) toasts.show({ text: 'Short training text', detail: note });
  const { words, isCut } = (await get().inRows(project)) ?? {};
  if (words !== undefined)
    toasts.show({ text: isCut ? 'Some texts are longer than the context' : 'Documents in rows', detail: words });
  checkRun(run, limits);
  const input = {
    runId,
    projectId: project.id,
    name: await nextRunNameOf({ store, get }, project.id),
    createdAt: now(),
    ...run,
    texts: textFacts(texts),
  };
  await session.follow({ runId, of: run.recipe.steps, settings: settingsOf(run.model, run.recipe) }, (options) =>
    gpu.call('begin', input, options),
  );
}

type RunConfiguration = Pick<BeginInput, 'model' | 'recipe' | 'tokenizer' | 'data'>;

/** Model, recipe and data of a prepared project, with a note if its text is short. */
function configure(project: Project, limits: MemoryLimits): RunConfiguration & { note: string | undefined } {
  const { tokenizer, data } = project;
  if (!tokenizer || !data) throw new HomegrownError('bug', 'Preparation ended without data');
  const recipe = recipeOf(project, limits);
  const tokens = tokensOf({ data });
  const chosen = { id: project.model.id, config: project.model.config, vocabulary: tokenizer.size };
  const model = fittedTo(chosen, recipe, tokens.train);
  return { model, recipe, tokenizer: tokenizer.model, data, note: shortTextWords(chosen, recipe, tokens) };
}

/** @throws HomegrownError `bad-settings` if the run can't be trained */
function checkRun(run: RunConfiguration, limits: MemoryLimits): void {
  const issues = problems(run.model, run.recipe, tokensOf(run), limits);
  if (issues.length > 0) throw unfit(issues);
}

function tokensOf({ data: { manifest } }: Pick<RunConfiguration, 'data'>): { train: number; validation: number } {
  const { train, validation } = manifest.parts;
  return { train: train.tokens, validation: validation.tokens };
}
