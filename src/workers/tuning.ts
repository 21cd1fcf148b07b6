/** Runs that begin with the weights of a saved step, and learn them on: all, a part, or what lies beside them. */
import { type Trainable, rested } from '../core/adapters/trainable';
import type { BlobStore } from '../core/base/blobStore';
import { badSettings } from '../core/base/errors';
import { unlessUnreadable } from '../core/base/record';
import { formatCount } from '../core/base/units';
import { baseHash, keepBase, readBase } from '../core/checkpoint/base';
import { firstNonFinite, type NamedTensors } from '../core/checkpoint/tensors';
import { documentsIn } from '../core/evaluate/blocks';
import { perplexityOn } from '../core/evaluate/forgotten';
import { paramsOf } from '../core/models';
import type { ModelChoice } from '../core/models/network';
import { learntFrom } from '../core/objectives';
import { ownerOf } from '../core/runs/projects';
import { addRun, freeHue, newRun, readKnownRun, type RunRecord } from '../core/runs/record';
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
import { tuningStart } from '../jobs/tuningStart';
import type { TuneInput } from '../protocol/gpu';
import { holdData, lockRun, unlessDataHeld } from '../storage/lock';
import { type Beside, deleteUnsaved, follow, openRun, type RunJob, segmentData, type Tuned } from './training';

/**
 * Its record is there before its base, and that before its first step: a run that is cut off before it has saved one names what
 * there is of it, and goes with that at the next start.
 */
export async function tune(
  store: BlobStore,
  { runId, from, trainable, classes, data, texts, old, ...given }: TuneInput,
  device: string,
  job: RunJob,
  beside: Beside = {},
): Promise<TrainOutcome> {
  const lock = await lockRun(runId);
  try {
    const { record, base } = await begun();
    return await follow(store, record, undefined, await openRun(store, record, undefined, base), job, beside);
  } catch (error) {
    await deleteUnsaved(store, runId).catch(() => undefined);
    await unlessDataHeld(() => dropUnused(store)).catch(() => undefined); // else whoever holds them does
    throw error;
  } finally {
    lock.release();
  }

  async function begun(): Promise<{ record: RunRecord; base: NamedTensors }> {
    const held = await holdData(); // or another tab might drop a base that is there already
    try {
      const owner = await ownerOf(store, given.projectId);
      const parent = await readKnownRun(store, from.runId);
      await checkTokenizer(store, parent, given.tokenizer, data.manifest.tokenizerHash);
      const { snapshot } = await loadWhole(store, parent, from.step);
      const own = { model: parent.model, weights: ownOf(parent.model, snapshot.tensors) };
      const { model, weights } = tuningStart(own, classes, given.recipe.seed);
      const base = resting(model, weights, trainable);
      const hash = trainable && (await baseHash(base));
      // A classifier scores no tokens, so that nothing tells what it forgets.
      const before = classes ? undefined : old ? segmentData(old.data, old.texts) : learntBefore(parent);
      const record = newRun({
        ...given,
        id: runId,
        hue: await freeHue(store, given.projectId),
        device,
        model,
        data: segmentData(data, texts),
        parent: { runId: parent.id, step: snapshot.state.step, how: 'fine-tune', name: parent.name },
        ...(trainable && hash !== undefined && { trainable, base: hash }),
        ...(before && { old: before }),
        ...(parent.origin && { origin: parent.origin }),
        ...(parent.looks && { looks: parent.looks }),
      });
      await addRun(store, record, owner);
      if (hash !== undefined) await keepBase(store, hash, base);
      return { record, base };
    } finally {
      held.release();
    }
  }
}

/** The weights as they are used. @throws HomegrownError `bad-settings` where one is beyond f16, and as `partsOf` does */
function resting(model: ModelChoice, weights: NamedTensors, trainable: Trainable | undefined): NamedTensors {
  if (!trainable) return weights;
  const base = rested(paramsOf(model), weights, trainable);
  const large = firstNonFinite(base);
  if (large === undefined) return base;
  throw badSettings(
    `${large} is above 65,504, the maximum of f16.`,
    'Nothing was started. Set the frozen-weight precision to f32.',
  );
}

/** Text that the base had learnt from, last: its own, or where it was tuned on chats itself, what it had learnt before. */
const learntBefore = (run: RunRecord): SegmentData | undefined => {
  const own = dataOf(run);
  if (own.id !== null && learntFrom(run.objective) === 'documents') return own;
  return run.old && run.old.id !== null ? run.old : undefined; // of one that was brought in it is told alone
};

/** @throws HomegrownError `bad-settings` where ids mean other tokens than they do to the base; a template may be another */
async function checkTokenizer(
  store: BlobStore,
  base: RunRecord,
  tokenizer: TokenizerModel,
  dataHash: string,
): Promise<void> {
  const known = await readTokenizer(store, base);
  const template = chatTemplateOf(tokenizer);
  const expected = template === undefined ? known : withChatTemplate(known, template);
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

/** How a run goes on: where its old text is gone, or did not come with it, without that, which begins a segment that says so. */
export async function withOldText(store: BlobStore, { old }: RunRecord, recipe: Recipe): Promise<Recipe> {
  return old && !(await oldData(store, old)) ? { ...recipe, replay: 0 } : recipe;
}

const oldData = async (store: BlobStore, { id }: SegmentData) =>
  id === null ? undefined : unlessUnreadable(readShards(store, id));

/**
 * What a run that tunes learns beside, and what it had learnt before. Of old text that is gone or cannot be read nothing is
 * measured; where it is to be replayed, training says so.
 * @param base where it is at hand
 * @throws HomegrownError as `readBase` does
 */
export async function tunedOf(store: BlobStore, run: RunRecord, base?: NamedTensors): Promise<Tuned> {
  const { trainable, old } = run;
  const own = base ?? (run.base === undefined ? undefined : await readBase(store, run.base));
  return {
    ...(trainable && { trainable }),
    ...(own && { base: own }),
    ...(old && (await before(store, run, old))),
  };
}

async function before(store: BlobStore, run: RunRecord, old: SegmentData): Promise<Pick<Tuned, 'old' | 'replayed'>> {
  const manifest = await oldData(store, old);
  if (!manifest) return {};
  const tokenizer = await createTokenizer(await readTokenizer(store, run));
  if (manifest.vocabulary !== tokenizer.size)
    throw badSettings(
      `The replayed text has a vocabulary of ${formatCount(manifest.vocabulary)} tokens; the model has ${formatCount(tokenizer.size)}.`,
      'Tokenize it with the base model’s tokenizer.',
    );
  const documents = await documentsIn(openPart(store, manifest, 'validation'), tokenizer);
  return {
    replayed: openPart(store, manifest, 'train'),
    ...(documents.length > 0 && { old: perplexityOn(documents, tokenizer) }),
  };
}
