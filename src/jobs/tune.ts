/** Fine-tunes a saved step: all of its weights, a part, or an adapter. */
import type { Trainable } from '../core/adapters/trainable';
import type { BlobStore } from '../core/base/blobStore';
import { badSettings } from '../core/base/errors';
import { unlessUnreadable } from '../core/base/record';
import { formatCount } from '../core/base/units';
import { baseHash, saveBase, readBase } from '../core/checkpoint/base';
import type { NamedTensors } from '../core/checkpoint/tensors';
import { documentsIn } from '../core/evaluate/blocks';
import { hasPerplexity, perplexityOn } from '../core/evaluate/forgotten';
import type { Classes } from '../core/models/spec';
import type { DataRecord } from '../core/runs/project';
import { trainingSource } from '../core/objectives';
import { ownerOf } from '../core/runs/projects';
import { addRun, freeHue, newRun, readKnownRun, readRun, type RunRecord } from '../core/runs/record';
import { dataOf, type SegmentData } from '../core/runs/segments';
import { readTokenizer } from '../core/runs/tokenizer';
import { dropUnused } from '../core/runs/unused';
import { loadWhole } from '../core/runs/whole';
import { readShards } from '../core/shards/build';
import { openPart } from '../core/shards/read';
import { createTokenizer, tokenizerHash } from '../core/tokenizer/byteLevel';
import { chatTemplateOf, type TokenizerModel, withChatTemplate } from '../core/tokenizer/tokenizer';
import { ownOf } from '../core/train/partly';
import type { Recipe } from '../core/train/recipe';
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

/** Text that the base was trained on last: its own, or if it was tuned on chats, the text before that. */
const earlierData = (run: RunRecord): SegmentData | undefined => {
  const data = dataOf(run);
  if (data.id !== null && trainingSource(run.objective) === 'documents') return data;
  return run.old && run.old.id !== null ? run.old : undefined; // An imported run has only its description.
};

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

/** Returns the recipe to resume with: without replay if the old text is gone, which starts a segment. */
export async function withOldText(store: BlobStore, { old }: RunRecord, recipe: Recipe): Promise<Recipe> {
  return old && !(await oldData(store, old)) ? { ...recipe, replay: 0 } : recipe;
}

const oldData = async (store: BlobStore, { id }: SegmentData) =>
  id === null ? undefined : unlessUnreadable(readShards(store, id));

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

async function openOldText(
  store: BlobStore,
  run: RunRecord,
  old: SegmentData,
): Promise<Pick<Tuned, 'old' | 'replayed'>> {
  const manifest = await oldData(store, old);
  if (!manifest) return {};
  const tokenizer = await createTokenizer(await readTokenizer(store, run));
  if (manifest.vocabulary !== tokenizer.size)
    throw badSettings(
      `The replayed text has a vocabulary of ${formatCount(manifest.vocabulary)} tokens; the model has ${formatCount(tokenizer.size)}.`,
      'Tokenize it with the base model’s tokenizer.',
    );
  const parent = run.parent && (await readRun(store, run.parent.runId));
  const isMeasured = [run, ...(parent ? [parent] : [])].every((measuredRun) =>
    hasPerplexity(measuredRun.objective, run.model),
  );
  const documents = isMeasured ? await documentsIn(openPart(store, manifest, 'validation'), tokenizer) : [];
  return {
    replayed: openPart(store, manifest, 'train'),
    ...(documents.length > 0 && { old: perplexityOn(documents, tokenizer, run.objective) }),
  };
}
