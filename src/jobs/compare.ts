/** Compares two saved steps, of one run or of two, on the same held-out text. */
import type { BlobStore } from '../core/base/blobStore';
import { badSettings } from '../core/base/errors';
import { compare } from '../core/evaluate/compare';
import type { EvaluationJob } from '../core/evaluate/evaluate';
import { checkReadsOn, natsOf } from '../core/evaluate/ofText';
import { manifestIfKept } from '../core/runs/data';
import { type EvaluationRecord, type KeptComparison, MAX_COMPARISONS } from '../core/runs/evaluations';
import { keepLists, partHash } from '../core/runs/keptEvaluations';
import { readKnownRun } from '../core/runs/record';
import type { ShardManifest } from '../core/shards/manifest';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { type EvaluationInput, given, lookedAt, throwIfCanceled } from './evaluate';
import type { LoadedModel } from './loadedModel';

export interface CompareInput {
  runId: string;
  which: WhichSnapshot;
  compareWith: { runId: string; which: WhichSnapshot };
  on: EvaluationInput['on'];
  /** Milliseconds since 1970. */
  now: number;
}

/** Lends one model at a time. */
type Lend = <T>(
  of: CompareInput['compareWith'],
  work: (model: LoadedModel, job: EvaluationJob) => Promise<T>,
) => Promise<T>;

/**
 * Compares the likelihood of the text itself, so tokenizers may differ. Saves the result with the first step's run.
 * @throws HomegrownError `bad-settings` if a model doesn't predict the next token, or there is no text
 */
export async function compareSteps(
  store: BlobStore,
  { runId, which, compareWith, on, now }: CompareInput,
  lend: Lend,
): Promise<EvaluationRecord> {
  const checked = async (id: string): Promise<Omit<KeptComparison['beside'], 'step'>> => {
    const { name, model, objective } = await readKnownRun(store, id);
    checkReadsOn(name, model, objective);
    return { runId: id, name };
  };
  // Checks both records first: reading a text and loading a model take long.
  await checked(runId);
  const known = await checked(compareWith.runId);
  const own = await lend({ runId, which }, async (model, job) => {
    const { documents, ...facts } = await given(store, await readKnownRun(store, runId), model.tokenizer, on);
    const texts = documents.map(({ ids, text }) => text ?? model.tokenizer.decode(ids)).filter((text) => text !== '');
    if (texts.length === 0) throw badSettings('There is no text to compare on.');
    const { step, tokenizer } = model;
    return {
      texts,
      facts,
      step,
      tokenizerHash: tokenizer.hash,
      ...(await natsOf(model.network, tokenizer, texts, job)),
    };
  });
  const other = await lend(compareWith, async (model, job) => {
    const compared = {
      is: { ...known, step: model.step },
      ...(await natsOf(model.network, model.tokenizer, own.texts, job)),
    };
    await throwIfCanceled(job);
    return compared;
  });
  const { part, textHash } = own.facts;
  const isOwn = compareWith.runId === runId;
  const heldOut = part === 'text' || isOwn ? undefined : await heldOutBy(store, runId, compareWith.runId, part);
  const found = compare(other.nats, own.nats, own.bytes);
  const comparison: KeptComparison = {
    beside: other.is,
    ...own.facts,
    ...(part === 'test' && { look: await lookedAt(store, runId, textHash) }),
    madeAt: now,
    bytes: own.bytes.reduce((sum, bytes) => sum + bytes, 0),
    ...found,
    mayHaveLearnt: part !== 'text' && !isOwn && heldOut === undefined,
  };
  // Counts as an evaluation on the other run's test set, too.
  if (part === 'test' && heldOut !== undefined) await lookedAt(store, compareWith.runId, heldOut);
  const isSame = (each: KeptComparison): boolean =>
    each.beside.runId === other.is.runId && each.beside.step === other.is.step && each.part === part;
  const { step, tokenizerHash } = own;
  return keepLists(store, { runId, step, tokenizerHash, madeAt: now }, ({ evaluation, comparisons = [] }) => ({
    evaluation,
    comparisons: [comparison, ...comparisons.filter((each) => !isSame(each))].slice(0, MAX_COMPARISONS),
  }));
}

/** Returns the hash of the other run's same part; undefined if that run isn't known to have held it out. */
async function heldOutBy(
  store: BlobStore,
  runId: string,
  other: string,
  part: 'validation' | 'test',
): Promise<string | undefined> {
  const [one, two] = await Promise.all(
    [runId, other].map(async (id) => manifestIfKept(store, await readKnownRun(store, id))),
  );
  // Token counts depend on the tokenizer; bytes don't.
  const textOf = (manifest: ShardManifest): string =>
    partHash({ ...manifest, parts: { [part]: { tokens: 0, bytes: manifest.parts[part]?.bytes ?? 0 } } }, part);
  return one && two && textOf(one) === textOf(two) ? partHash(two, part) : undefined;
}
