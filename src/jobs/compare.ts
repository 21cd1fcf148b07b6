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
import { type EvaluationInput, openEvaluationText, countTestSetAccess, throwIfCanceled } from './evaluate';
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
  const checkedRun = async (id: string): Promise<Omit<KeptComparison['beside'], 'step'>> => {
    const { name, model, objective } = await readKnownRun(store, id);
    checkReadsOn(name, model, objective);
    return { runId: id, name };
  };
  // Checks both records first: reading a text and loading a model take long.
  await checkedRun(runId);
  const otherRun = await checkedRun(compareWith.runId);
  const first = await lend({ runId, which }, async (model, job) => {
    const { documents, ...facts } = await openEvaluationText(
      store,
      await readKnownRun(store, runId),
      model.tokenizer,
      on,
    );
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
  const second = await lend(compareWith, async (model, job) => {
    const compared = {
      beside: { ...otherRun, step: model.step },
      ...(await natsOf(model.network, model.tokenizer, first.texts, job)),
    };
    await throwIfCanceled(job);
    return compared;
  });
  const { part, textHash } = first.facts;
  const isSameRun = compareWith.runId === runId;
  const otherPartHash =
    part === 'text' || isSameRun ? undefined : await heldOutBy(store, runId, compareWith.runId, part);
  const result = compare(second.nats, first.nats, first.bytes);
  const comparison: KeptComparison = {
    beside: second.beside,
    ...first.facts,
    ...(part === 'test' && { look: await countTestSetAccess(store, runId, textHash) }),
    madeAt: now,
    bytes: first.bytes.reduce((sum, bytes) => sum + bytes, 0),
    ...result,
    mayHaveLearnt: part !== 'text' && !isSameRun && otherPartHash === undefined,
  };
  // Counts as an evaluation on the other run's test set, too.
  if (part === 'test' && otherPartHash !== undefined) await countTestSetAccess(store, compareWith.runId, otherPartHash);
  const isSame = (kept: KeptComparison): boolean =>
    kept.beside.runId === second.beside.runId && kept.beside.step === second.beside.step && kept.part === part;
  const { step, tokenizerHash } = first;
  return keepLists(store, { runId, step, tokenizerHash, madeAt: now }, ({ evaluation, comparisons = [] }) => ({
    evaluation,
    comparisons: [comparison, ...comparisons.filter((kept) => !isSame(kept))].slice(0, MAX_COMPARISONS),
  }));
}

/** Returns the hash of the other run's same part; undefined if that run isn't known to have held it out. */
async function heldOutBy(
  store: BlobStore,
  runId: string,
  other: string,
  part: 'validation' | 'test',
): Promise<string | undefined> {
  const [ownManifest, otherManifest] = await Promise.all(
    [runId, other].map(async (id) => manifestIfKept(store, await readKnownRun(store, id))),
  );
  // Token counts depend on the tokenizer; bytes don't.
  const contentHash = (manifest: ShardManifest): string =>
    partHash({ ...manifest, parts: { [part]: { tokens: 0, bytes: manifest.parts[part]?.bytes ?? 0 } } }, part);
  return ownManifest && otherManifest && contentHash(ownManifest) === contentHash(otherManifest)
    ? partHash(otherManifest, part)
    : undefined;
}
