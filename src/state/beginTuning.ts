/** Starts a tuning run: builds its data from chats or texts with the base model's tokenizer, and from old text. */
import { badSettings } from '../core/base/errors';
import type { Purpose } from '../core/runs/tuning';
import { readKnownRun } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import { problems, unfit } from '../core/train/problems';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import { limitsOf, settingsOf } from './estimate';
import { textFacts, textIds } from './preparation';
import { nextRunNameOf } from './projectName';
import { keepsOldText, tuningOf } from './tuningPlan';
import { cutFor, type CuttingNeeds, keptStep } from './tuningSteps';
import type { SliceServices, Studio } from './slices/studio';
import { oldTextsOf, toTuneOn, tuningBase } from './tuningInputs';
import type { Asking } from './slices/training';
import type { Claim } from './slices/trainingSession';

type TuningNeeds = CuttingNeeds &
  Pick<Studio, 'changeOf' | 'device' | 'previewLossMask' | 'project' | 'runs' | 'waitForReading'>;

export async function beginTuning(
  services: SliceServices,
  get: () => TuningNeeds,
  held: Claim,
  runId: string,
  pressed: Asking,
  to: Exclude<Purpose, 'classify'>,
): Promise<void> {
  const { store, gpu, now } = services;
  const { signal, follow } = services.session;
  const read = await get().waitForReading(pressed, signal());
  if (!read) {
    held.undo();
    return;
  }
  // Settings of the moment of the press, with texts that were still being read then.
  const project = { ...pressed.project, tuning: { ...pressed.project.tuning, purpose: to } };
  const asked = { project, texts: read.texts, tuneTexts: read.tuneTexts };
  const base = tuningBase({ project, runs: get().runs }, to);
  if (!base) throw badSettings('There is no model to fine-tune yet', 'Train or import one.');
  const record = await readKnownRun(store, base.row.record.id);
  const from = { runId: record.id, step: await keptStep(services, record.id, base.step) };
  // The tuned run becomes the project's run; the next tuning starts from the same base.
  const { tuning } = get().project.id === project.id ? get().project : project;
  await get().changeOf(project.id, { tuning: { ...tuning, base: from } });
  const texts = toTuneOn(asked);
  if (texts.length === 0) throw badSettings('There is no data to fine-tune on', NEEDS[to]);
  const { template, heldOut } = project.tuning;
  const split = { validation: heldOut, test: 0, seed: 0 };
  const limits = limitsOf(get());
  const old = keepsOldText(record) ? [] : oldTextsOf(asked);
  const { model, trainable, recipe } = tuningOf(project, record, limits, old.length > 0);

  /** Returns the tokenizer with the chat template; undefined if stopped. */
  async function preparedTokenizer(): Promise<TokenizerModel | undefined> {
    try {
      const wanted = { runId: record.id, template, texts: textIds({ texts }), from: 0, count: 0 };
      return (await get().previewLossMask(wanted, { signal: signal() })).tokenizer;
    } catch (error) {
      if (!signal().aborted) throw error;
      held.undo();
      return undefined;
    }
  }
  const tokenizer = to === 'instruct' ? await preparedTokenizer() : await readTokenizer(store, record);
  if (!tokenizer) return;
  const cut = (ids: readonly string[], by: TokenizerModel) =>
    cutFor(get, services.session, held, { runId, projectId: project.id }, { texts: ids, tokenizer: by, split });
  const built = await cut(textIds({ texts }), tokenizer);
  if (!built) return;
  const { train, validation } = built.manifest.parts;
  const wrong = problems(model, recipe, { train: train.tokens, validation: validation.tokens }, limits, trainable);
  if (wrong.length > 0) throw unfit(wrong);

  const oldData = old.length > 0 ? await cut(textIds({ texts: old }), await readTokenizer(store, record)) : null;
  if (oldData === undefined) return;
  const input = {
    runId,
    projectId: project.id,
    name: await nextRunNameOf({ store, get }, project.id),
    createdAt: now(),
    from,
    recipe,
    tokenizer,
    data: built,
    texts: textFacts(texts),
    ...(trainable && { trainable }),
    ...(oldData && { old: { data: oldData, texts: textFacts(old) } }),
  };
  await follow({ runId, of: recipe.steps, settings: settingsOf(model, recipe) }, (options) =>
    gpu.call('tune', input, options),
  );
}

const NEEDS = {
  instruct: 'Add chats: questions with their answers.',
  adapt: 'Add text to train on.',
} as const;
