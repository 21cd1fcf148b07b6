/** Fine-tunes a saved step: all of its weights, a part, or an adapter. */
import type { Trainable } from '../core/adapters/trainable';
import type { BlobStore } from '../core/base/blobStore';
import { badSettings } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import { baseHash, saveBase, readBase } from '../core/checkpoint/base';
import type { NamedTensors } from '../core/checkpoint/tensors';
import type { Classes } from '../core/models/spec';
import type { DataRecord } from '../core/runs/project';
import { ownerOf } from '../core/runs/projects';
import { addRun, freeHue, newRun, readKnownRun, type RunRecord } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import { dropUnused } from '../core/runs/unused';
import { loadWhole } from '../core/runs/whole';
import { tokenizerHash } from '../core/tokenizer/byteLevel';
import { chatTemplateOf, type TokenizerModel, withChatTemplate } from '../core/tokenizer/tokenizer';
import { ownOf } from '../core/train/partly';
import type { TrainOutcome } from '../core/train/run';
import {
  type BeginInput,
  type BetweenSteps,
  deleteUnsaved,
  follow,
  type JobPlace,
  openRun,
  type RunJob,
  segmentData,
  type Tuned,
} from './train';
import { frozenBase } from './frozenBase';
import { earlierData, openOldText } from './oldText';
import { tuningStart } from './tuningStart';

/** A run that starts at step 0 from the weights of a saved step. */
export interface TuneInput extends Omit<BeginInput, 'model'> {
  /** The saved step of the base. */
  from: { runId: string; step: number };
  /** The trainable part; absent: all. */
  trainable?: Trainable;
  /** The labels of a classifier, which has the base's body, and its head for labels that the base has. */
  classes?: Classes;
  /**
   * The base's training text: forgetting is measured on its validation set at every evaluation, and rows of its training set
   * are replayed. Absent: the data of the base's run, if it is stored and is text.
   */
  old?: { data: DataRecord; texts: BeginInput['texts'] };
}

/** Keeps data that no record names from being collected. */
interface DataGuard {
  hold(): Promise<{ release(): void }>;
  /** Does nothing while someone holds data. */
  unlessHeld(work: () => Promise<void>): Promise<unknown>;
}

/**
 * Fine-tunes a saved step as a run of its own. Its record is stored before its base, and its base before its first step: if the
 * run is cut off earlier, the next start finds both by the record and deletes them.
 */
export async function tune(
  { store, device, guard }: JobPlace & { guard: DataGuard },
  { runId, from, trainable, classes, data, texts, old, ...settings }: TuneInput,
  job: RunJob,
  between: BetweenSteps = {},
): Promise<TrainOutcome> {
  try {
    const { record, base } = await prepareRun();
    return await follow(store, await openRun(store, record, undefined, base), job, between);
  } catch (error) {
    await deleteUnsaved(store, runId).catch(() => undefined);
    await guard.unlessHeld(() => dropUnused(store)).catch(() => undefined); // else whoever holds it collects it
    throw error;
  }

  async function prepareRun(): Promise<{ record: RunRecord; base: NamedTensors }> {
    const hold = await guard.hold(); // or another tab could collect a base that is stored already
    try {
      const owner = await ownerOf(store, settings.projectId);
      const parent = await readKnownRun(store, from.runId);
      await checkTokenizer(store, parent, settings.tokenizer, data.manifest.tokenizerHash);
      const { snapshot } = await loadWhole(store, parent, from.step);
      const baseModel = { model: parent.model, weights: ownOf(parent.model, snapshot.tensors) };
      const { model, weights } = tuningStart(baseModel, classes, settings.recipe.seed);
      const base = frozenBase({ model, weights }, trainable);
      const hash = trainable && (await baseHash(base));
      // A classifier scores no tokens, so forgetting can't be measured.
      const oldText = classes ? undefined : old ? segmentData(old.data, old.texts) : earlierData(parent);
      const record = newRun({
        ...settings,
        id: runId,
        hue: await freeHue(store, settings.projectId),
        device,
        model,
        data: segmentData(data, texts),
        parent: { runId: parent.id, step: snapshot.state.step, how: 'fine-tune', name: parent.name },
        ...(trainable && hash !== undefined && { trainable, base: hash }),
        ...(oldText && { old: oldText }),
        ...(parent.origin && { origin: parent.origin }),
        ...(parent.looks && { looks: parent.looks }),
      });
      await addRun(store, record, owner);
      if (hash !== undefined) await saveBase(store, hash, base);
      return { record, base };
    } finally {
      hold.release();
    }
  }
}

/** @throws HomegrownError `bad-settings` if ids mean other tokens than the base's; the chat template may differ */
async function checkTokenizer(
  store: BlobStore,
  base: RunRecord,
  tokenizer: TokenizerModel,
  dataHash: string,
): Promise<void> {
  const baseTokenizer = await readTokenizer(store, base);
  const template = chatTemplateOf(tokenizer);
  const expected = template === undefined ? baseTokenizer : withChatTemplate(baseTokenizer, template);
  const hash = await tokenizerHash(tokenizer);
  if (hash !== (await tokenizerHash(expected)))
    throw badSettings(
      `The tokenizer differs from the one of ${base.name}, so its ids stand for other tokens.`,
      'Nothing was started. Use the base model’s tokenizer.',
    );
  if (hash !== dataHash)
    throw badSettings(
      `The training data wasn’t tokenized with the tokenizer of ${base.name} (${formatCount(base.model.vocabulary)} tokens).`,
      'Nothing was started. Build the data again.',
    );
}

/**
 * Reads the frozen weights and the old text of a tuned run. If the old text is gone or unreadable, forgetting isn't measured;
 * replay fails with an error in training.
 * @param base frozen weights, if they are already in memory
 * @throws HomegrownError as `readBase` does
 */
export async function tunedOf(store: BlobStore, run: RunRecord, base?: NamedTensors): Promise<Tuned> {
  const { trainable, old } = run;
  const frozenWeights = base ?? (run.base === undefined ? undefined : await readBase(store, run.base));
  return {
    ...(trainable && { trainable }),
    ...(frozenWeights && { base: frozenWeights }),
    ...(old && (await openOldText(store, run, old))),
  };
}
