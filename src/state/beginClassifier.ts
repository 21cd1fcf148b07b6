/** Starts a classifier: builds its data from labeled texts, with the base model's tokenizer or a new one. */
import { badSettings } from '../core/base/errors';
import { readKnownRun } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import { problems, unfit } from '../core/train/problems';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import type { LabelsSummary } from '../protocol/data';
import { bodyOf, classifierOf, labelsRefusal } from './classifierPlan';
import { isUndecided } from './classifierStart';
import { limitsOf, settingsOf } from './estimate';
import { textFacts, textIds } from './preparation';
import { nextRunNameOf } from './projectName';
import { cutFor, type CuttingNeeds, keptStep } from './tuningSteps';
import type { SliceServices, Studio } from './slices/studio';
import { toTuneOn, tuningBase } from './tuningInputs';
import type { Asking } from './slices/training';
import type { Claim } from './slices/trainingSession';

type ClassifierNeeds = CuttingNeeds &
  Pick<Studio, 'changeOf' | 'classifying' | 'device' | 'project' | 'runs' | 'waitForReading'>;

export async function beginClassifier(
  services: SliceServices,
  get: () => ClassifierNeeds,
  held: Claim,
  { runId, pressed, ask }: { runId: string; pressed: Asking; ask?: (() => void) | undefined },
): Promise<void> {
  const { store, gpu, data, now } = services;
  const { signal, follow } = services.session;
  const read = await get().waitForReading(pressed, signal());
  if (!read) {
    held.undo();
    return;
  }
  const { project } = pressed;
  const texts = toTuneOn({ project, tuneTexts: read.tuneTexts }, 'classify');
  const ids = textIds({ texts });
  const summary = await surveyed(get, { project, tuneTexts: read.tuneTexts }, signal(), ask);
  if (!summary) {
    held.undo();
    return;
  }

  const asked = { project, runs: get().runs };
  const [base, body] = [tuningBase(asked, 'classify'), bodyOf(asked)];
  const parent = base && (await readKnownRun(store, base.row.record.id));
  const from = parent && { runId: parent.id, step: await keptStep(services, parent.id, base.step) };
  // The classifier becomes the project's run; the next classifier starts from the same base.
  const { tuning } = get().project.id === project.id ? get().project : project;
  await get().changeOf(project.id, { tuning: { ...tuning, base: from ?? 'nothing' } });

  const tokenizer = parent ? await readTokenizer(store, parent) : await tokenizerFor();
  if (!tokenizer) return;
  const { heldOut } = project.tuning.classify;
  const split = { validation: heldOut, test: 0, seed: 0 };
  const built = await cutFor(
    get,
    services.session,
    held,
    { runId, projectId: project.id },
    { texts: ids, tokenizer, split },
  );
  if (!built) return;
  const { labels = [], parts } = built.manifest;
  const order = summary.several ? summary.labels.map(({ label }) => label).sort() : labels;
  const limits = limitsOf(get());
  const model = parent?.model ?? { ...body.model, vocabulary: built.manifest.vocabulary };
  const trained = parts.train.documents ?? summary.texts;
  const judged = parts.validation.documents ?? 0;
  const given = { labels: order, several: summary.several, trained, held: judged };
  const begun = classifierOf(project, { ...body, model }, given, limits);
  const { trainable, recipe, classes } = begun;
  const tokens = { train: parts.train.tokens, validation: parts.validation.tokens };
  const wrong = problems(begun.model, recipe, tokens, limits, trainable);
  if (wrong.length > 0) throw unfit(wrong);

  const input = {
    runId,
    projectId: project.id,
    name: await nextRunNameOf({ store, get }, project.id),
    createdAt: now(),
    recipe,
    tokenizer,
    data: built,
    texts: textFacts(texts),
  };
  await follow({ runId, of: recipe.steps, settings: settingsOf(begun.model, recipe) }, (options) =>
    from
      ? gpu.call('tune', { ...input, from, classes, ...(trainable && { trainable }) }, options)
      : gpu.call('begin', { ...input, model: begun.model }, options),
  );
  await (await get().classifying()).judge(runId);

  /** Returns the project's tokenizer, else one trained on these texts for this run only. Undefined if stopped. */
  async function tokenizerFor(): Promise<TokenizerModel | undefined> {
    const { made } = body;
    if (!made) return project.tokenizer!.model;
    try {
      const input = { texts: ids, ...made, roles: [] };
      return (await data.call('trainTokenizer', input, { signal: signal() })).model;
    } catch (error) {
      if (!signal().aborted) throw error;
      held.undo();
      return undefined;
    }
  }
}

/**
 * Counts the labels.
 * @param ask called if a person must decide something first
 * @returns undefined if nothing starts
 * @throws HomegrownError `bad-settings` if nothing can start and no question is open
 */
async function surveyed(
  get: () => Pick<Studio, 'classifying' | 'device' | 'runs'>,
  of: Pick<Studio, 'project' | 'tuneTexts'>,
  signal: AbortSignal,
  ask: (() => void) | undefined,
): Promise<LabelsSummary | undefined> {
  const isEmpty = toTuneOn(of, 'classify').length === 0;
  if (isEmpty && !ask)
    throw badSettings(
      'There are no labeled texts to train on.',
      'Add a table with a column of texts and a column of labels.',
    );
  try {
    const summary = isEmpty ? undefined : await (await get().classifying()).survey({ signal }, of);
    const { runs, device } = get();
    if (summary && !(ask && isUndecided({ project: of.project, runs, device }, summary))) {
      const refusal = labelsRefusal(summary);
      if (refusal !== undefined) throw badSettings(refusal, 'Nothing was started.');
      return summary;
    }
    ask?.();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return undefined;
}
