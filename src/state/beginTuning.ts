/** Starts a tuning run: builds its data from chats or texts with the base model's tokenizer, and from old text. */
import { badSettings } from '../core/base/errors';
import type { Purpose } from '../core/runs/tuning';
import type { DataRecord } from '../core/runs/project';
import { readKnownRun } from '../core/runs/record';
import { noTuningData } from '../core/runs/tuningData';
import { readTokenizer } from '../core/runs/tokenizer';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import { checkRun } from './checkRun';
import { limitsOf, settingsOf } from './estimate';
import { textFacts, textIds } from './preparation';
import { nextRunNameOf } from './projectName';
import { keepsOldText, maybePairs, tuningOf } from './tuningPlan';
import { cutFor, type CuttingNeeds, keptStep } from './tuningSteps';
import type { SliceServices, Studio } from './slices/studio';
import { oldTextsOf, toTuneOn, tuningBase } from './tuningInputs';
import type { Asking } from './slices/training';
import type { Claim } from './slices/trainingSession';

type TuningNeeds = CuttingNeeds &
  Pick<Studio, 'changeOf' | 'device' | 'previewLossMask' | 'project' | 'runs' | 'waitForReading'>;

interface TuningStart {
  runId: string;
  /** Project and texts at the press. */
  pressed: Asking;
  purpose: Exclude<Purpose, 'classify'>;
}

export async function beginTuning(
  services: SliceServices,
  get: () => TuningNeeds,
  claim: Claim,
  { runId, pressed, purpose }: TuningStart,
): Promise<void> {
  const { store, gpu, now, session } = services;
  const read = await get().waitForReading(pressed, session.signal());
  if (!read) {
    claim.undo();
    return;
  }
  // Settings of the moment of the press, with texts that were still being read then.
  const project = { ...pressed.project, tuning: { ...pressed.project.tuning, purpose } };
  const inputs = { project, texts: read.texts, tuneTexts: read.tuneTexts };
  const base = tuningBase({ project, runs: get().runs }, purpose);
  if (!base) throw badSettings('There is no model to fine-tune yet', 'Train or import one.');
  const record = await readKnownRun(store, base.row.record.id);
  const from = { runId: record.id, step: await keptStep(services, record.id, base.step) };
  // The tuned run becomes the project's run; the next tuning starts from the same base.
  const { tuning } = get().project.id === project.id ? get().project : project;
  await get().changeOf(project.id, { tuning: { ...tuning, base: from } });
  const texts = toTuneOn(inputs);
  if (texts.length === 0) throw noTuningData(purpose);
  const limits = limitsOf(get());
  const oldTexts = keepsOldText(record) ? [] : oldTextsOf(inputs);
  const settingsFor = (ofPairs: boolean | undefined) =>
    tuningOf(project, record, limits, { hasOld: oldTexts.length > 0, ofPairs });
  settingsFor(maybePairs(texts)); // A model without the part to train is refused before texts are tokenized.

  /** Returns the tokenizer with the chat template; undefined if stopped. */
  async function chatTokenizer(): Promise<TokenizerModel | undefined> {
    try {
      const { template } = project.tuning;
      const preview = { runId: record.id, template, texts: textIds({ texts }), from: 0, count: 0 };
      return (await get().previewLossMask(preview, { signal: session.signal() })).tokenizer;
    } catch (error) {
      if (!session.signal().aborted) throw error;
      claim.undo();
      return undefined;
    }
  }
  const tokenizer = purpose === 'instruct' ? await chatTokenizer() : await readTokenizer(store, record);
  if (!tokenizer) return;
  const split = { validation: project.tuning.heldOut, test: 0, seed: 0 };
  const cut = (ids: readonly string[], by: TokenizerModel) =>
    cutFor(get, session, claim, { runId, projectId: project.id }, { texts: ids, tokenizer: by, split });
  const data = await cut(textIds({ texts }), tokenizer);
  if (!data) return;
  const { model, trainable, recipe } = settingsFor(hasPairs(data));
  checkRun({ model, recipe, data, trainable }, limits);

  const oldData =
    oldTexts.length > 0 ? await cut(textIds({ texts: oldTexts }), await readTokenizer(store, record)) : null;
  if (oldData === undefined) return;
  const input = {
    runId,
    projectId: project.id,
    name: await nextRunNameOf({ store, get }, project.id),
    createdAt: now(),
    from,
    recipe,
    tokenizer,
    data,
    texts: textFacts(texts),
    ...(trainable && { trainable }),
    ...(oldData && { old: { data: oldData, texts: textFacts(oldTexts) } }),
  };
  await session.follow({ runId, of: recipe.steps, settings: settingsOf(model, recipe) }, (options) =>
    gpu.call('tune', input, options),
  );
}

/** Whether documents of the data have an input and a target. */
const hasPairs = ({ manifest: { parts } }: DataRecord): boolean =>
  ['input', 'target'].every((field) => Object.hasOwn(parts.train.fields ?? {}, field));
