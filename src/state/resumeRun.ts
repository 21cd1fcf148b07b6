/** Resumes the run that Train shows, and finds the data for a run that continues another one. */
import { badSettings, toFailure, type Failure } from '../core/base/errors';
import { mergeFields, same } from '../core/runs/mergeFields';
import type { RunRecord } from '../core/runs/record';
import { dataOf, recipeOf } from '../core/runs/segments';
import { readTokenizer } from '../core/runs/tokenizer';
import { isTuning } from '../core/runs/tunes';
import { memoryShortage } from '../core/train/memory';
import type { Recipe } from '../core/train/recipe';
import type { ResumeInput } from '../protocol/gpu';
import { limitsOf, settingsOf } from './estimate';
import { NO_RUN, shownId } from './openRun';
import { askingOf, hasOtherTexts, textFacts, textIds, textsFor } from './preparation';
import type { SliceServices, Studio } from './slices/studio';
import type { Asking, TrainingSlice } from './slices/training';
import type { Claim } from './slices/trainingSession';

type SourceNeeds = Pick<Studio, 'cut' | 'makingOf' | 'opened' | 'waitForReading'>;
export type ResumeNeeds = SourceNeeds &
  Pick<Studio, 'changeOf' | 'classifying' | 'device' | 'project' | 'settled' | 'shown' | 'texts' | 'tuneTexts'>;

interface Continuation {
  /** Run whose tokenizer and data are used. */
  source: RunRecord;
  /** Run that gets the failure if the data can't be built. */
  runId: string;
  /** Whether the project's texts replace the data of `source`. */
  withTexts: boolean;
  /** Project and texts at the press. */
  pressed: Asking;
}

/**
 * Data of a run that continues another one: no change, or the project's texts, tokenized by the run's tokenizer.
 * Undefined after a stop, or after a failure, which becomes the run's.
 */
export async function continuedData(
  { store, toasts, session }: SliceServices,
  get: () => SourceNeeds,
  claim: Claim,
  { source, runId, withTexts, pressed }: Continuation,
): Promise<Pick<ResumeInput, 'data' | 'texts'> | undefined> {
  const { signal, fail } = session;
  const { id, facts } = dataOf(source);
  if (id !== null && !withTexts) {
    if (hasOtherTexts(source, pressed)) {
      toasts.show({
        text: 'Resuming with the original text',
        detail: 'start a new run to train on the changed text',
      });
    }
    return {};
  }
  const read = await get().waitForReading(pressed, signal());
  const { project } = read ?? pressed;
  const texts = textsFor(source, read ?? pressed);
  const refuse = (failure: Failure): void => fail(runId, failure, get().opened[runId]?.saved?.step);
  if (read && texts.length === 0) {
    const reason = "This model was imported without its training text, so it can't resume";
    const place = isTuning(source) ? ' on Teach it more' : '';
    refuse(toFailure(badSettings(reason, `Add text${place}, then resume.`)));
    return undefined;
  }
  const { validation, test, seed } = facts?.split ?? project.split;
  const split = { validation, test, seed };
  const tokenizer = await readTokenizer(store, source);
  const data = read && (await get().cut(project.id, { texts: textIds({ texts }), tokenizer, split }));
  if (data && !signal().aborted) return { data, texts: textFacts(texts) };
  const { building } = get().makingOf(project.id);
  if (building.kind === 'failed') refuse(building.failure);
  else claim.undo(); // stopped
  return undefined;
}

export function runResumption(services: SliceServices, get: () => ResumeNeeds): Pick<TrainingSlice, 'resume'> {
  const { gpu, session } = services;

  /** Project settings that equal the run's follow its new ones; settings that a person changed stay. */
  async function updateSettings(projectId: string, run: RunRecord, next: Recipe): Promise<void> {
    if (isTuning(run) || get().project.id !== projectId) return;
    const { project, changeOf } = get();
    const recipe = mergeFields(recipeOf(run), project.recipe, next);
    if (same(recipe, project.recipe)) return;
    const rateByHand = project.rateByHand || recipe.learningRate !== project.recipe.learningRate;
    await changeOf(projectId, { recipe, rateByHand });
  }

  return {
    async resume(steps, { recipe: newRecipe, withTexts = false } = {}) {
      const pressed = askingOf(get());
      const shown = shownId(get(), 'train');
      await get().settled();
      const { record: run, saved } = get().opened[shown ?? ''] ?? NO_RUN;
      if (!run || session.current()) return;
      const recipe = newRecipe ?? recipeOf(run);
      const totalSteps = steps ?? recipe.steps;
      const shortage = memoryShortage(run.model, recipe, limitsOf(get()), run.trainable);
      if (shortage !== undefined) {
        session.fail(run.id, toFailure(badSettings(shortage, NOT_RESUMED)), saved?.step);
        return;
      }
      const claim = await session.claim(run.id, pressed.project.id);
      if (!claim) return;
      try {
        const data = await continuedData(services, get, claim, { source: run, runId: run.id, withTexts, pressed });
        if (!data) return;
        await updateSettings(pressed.project.id, run, { ...recipe, steps: totalSteps });
        const change = { ...data, ...(newRecipe && { recipe: newRecipe }), ...(steps !== undefined && { steps }) };
        const settings = settingsOf(run.model, recipe);
        await session.follow({ runId: run.id, of: totalSteps, settings }, (options) =>
          gpu.call('resume', { runId: run.id, ...change }, options),
        );
        if (run.model.config.classes) await (await get().classifying()).judge(run.id);
      } catch (error) {
        session.fail(run.id, toFailure(error), saved?.step);
      } finally {
        claim.end();
      }
    },
  };
}

const NOT_RESUMED =
  'Nothing was started. Resume it on the device that trained it, or allow more memory on the Model page.';
