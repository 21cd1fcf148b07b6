/** Evaluates a saved step on a held-out set or a text, with baselines, and stores the evaluation with the run. */
import type { BlobStore } from '../core/base/blobStore';
import { badSettings } from '../core/base/errors';
import { sha256Hex } from '../core/base/hash';
import { yieldToEventLoop } from '../core/base/job';
import { askedAnew } from '../core/evaluate/askedAnew';
import { countedIn, documentsIn, held, type Held } from '../core/evaluate/blocks';
import { evaluate, type EvaluationJob, type ToEvaluate } from '../core/evaluate/evaluate';
import { withListHashes } from '../core/evaluate/listHash';
import { manifestIfKept, manifestOf } from '../core/runs/data';
import type { EvaluatedOn, EvaluationRecord } from '../core/runs/evaluations';
import { keepEvaluation, keepLists, partHash } from '../core/runs/keptEvaluations';
import { withTestSetAccess, testSetAccessCount } from '../core/runs/testSetAccesses';
import { readKnownRun, type RunRecord, updateRun } from '../core/runs/record';
import { dataOf } from '../core/runs/segments';
import { sourcesOf } from '../core/runs/sources';
import type { ShardManifest } from '../core/shards/manifest';
import { openPart, readCounts } from '../core/shards/read';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { evaluationDecision } from './evaluationDecision';
import { readHeldOut } from './heldOutPart';
import type { LoadedModel } from './loadedModel';

export interface EvaluationInput {
  runId: string;
  which: WhichSnapshot;
  /** The user's own text, or a held-out set of the run. */
  on: { part: 'validation' | 'test' } | { name: string; text: string };
  /** Also measure perplexity with the full left context. */
  isStrided?: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

export interface ListsInput {
  runId: string;
  which: WhichSnapshot;
  lists: Pick<ToEvaluate, 'minimalPairs' | 'swaps' | 'tasks'>;
  /** Milliseconds since 1970. */
  now: number;
}

interface EvaluationTarget extends Pick<EvaluationRecord, 'name' | 'textHash'> {
  part: EvaluatedOn;
}

/** @throws HomegrownError `bad-settings` if the run has no such held-out set */
export async function openEvaluationText(
  store: BlobStore,
  run: RunRecord,
  tokenizer: Tokenizer,
  on: EvaluationInput['on'],
): Promise<EvaluationTarget & { documents: readonly Held[] }> {
  if ('text' in on) {
    const textHash = await sha256Hex(new TextEncoder().encode(on.text));
    return { part: 'text', name: on.name, textHash, documents: [held(tokenizer, on.text, on.name)] };
  }
  const { part } = on;
  const manifest = await trainingManifest(store, run);
  const sourceOf = await sourcesOf(store, dataOf(run).facts);
  const documents = await documentsIn(openPart(store, manifest, part), tokenizer, sourceOf);
  return { part, textHash: partHash(manifest, part), documents };
}

async function trainingManifest(store: BlobStore, run: RunRecord): Promise<ShardManifest> {
  const manifest = await manifestOf(store, run);
  if (manifest) return manifest;
  throw badSettings(
    `${run.name} was imported without its training text, so it has no validation set`,
    'Evaluate it on your own text.',
  );
}

/** Returns what to evaluate on, with the counts of the training set for baselines. */
async function prepareEvaluation(
  store: BlobStore,
  run: RunRecord,
  tokenizer: Tokenizer,
  step: number,
  on: EvaluationInput['on'],
): Promise<EvaluationTarget & { ask: Omit<ToEvaluate, 'objective'> }> {
  if ('text' in on) {
    const { documents, ...facts } = await openEvaluationText(store, run, tokenizer, on);
    const manifest = await manifestIfKept(store, run);
    const train = manifest ? await countedIn(openPart(store, manifest, 'train'), tokenizer) : undefined;
    return { ...facts, ask: { documents, train } };
  }
  const { part } = on;
  const manifest = await trainingManifest(store, run);
  const { facts } = dataOf(run);
  const heldOut = {
    ...{ run, part, facts, parts: manifest },
    heldOut: openPart(store, manifest, part),
    train: openPart(store, manifest, 'train'),
    sourceOf: await sourcesOf(store, facts),
    counts: () => readCounts(store, manifest, 'train'),
  };
  const ask = await readHeldOut(heldOut, tokenizer);
  const decision = run.model.config.classes && evaluationDecision(run.decision, part, step);
  return { part, textHash: partHash(manifest, part), ask: { ...ask, decision } };
}

/** @throws HomegrownError `bad-settings` if there is no text */
export async function evaluateStep(
  store: BlobStore,
  { runId, network, tokenizer, step }: LoadedModel,
  { on, isStrided = false, now }: EvaluationInput,
  job: EvaluationJob,
): Promise<EvaluationRecord> {
  const run = await readKnownRun(store, runId);
  job.report({ label: 'Reading the text', done: 0, unit: 'tokens' });
  const { ask, ...facts } = await prepareEvaluation(store, run, tokenizer, step, on);
  const isEmpty = ask.documents ? ask.documents.every(({ ids }) => ids.length === 0) : ask.pairs?.length === 0;
  if (isEmpty) throw badSettings('There is no text to evaluate on.');
  const besides = isStrided ? (['stridedPerplexity'] as const) : [];
  const evaluation = await evaluate(network, tokenizer, { ...ask, besides, objective: run.objective }, job);
  await throwIfCanceled(job);
  const { hash: tokenizerHash } = tokenizer;
  const record: EvaluationRecord = { version: 1, runId, step, ...facts, tokenizerHash, madeAt: now, evaluation };
  if (record.part === 'test') record.look = await countTestSetAccess(store, runId, record.textHash);
  await keepEvaluation(store, record);
  return record;
}

/** Throws if the job was canceled during its last piece: the event loop gets a turn, so that the cancellation arrives. */
export async function throwIfCanceled({ signal }: EvaluationJob): Promise<void> {
  await yieldToEventLoop();
  signal.throwIfAborted();
}

/** Counts an evaluation on the test set. @returns its number, from 1 */
export async function countTestSetAccess(store: BlobStore, runId: string, testSet: string): Promise<number> {
  const { looks } = await updateRun(store, runId, (run) => ({ ...run, looks: withTestSetAccess(run.looks, testSet) }));
  return testSetAccessCount(looks, testSet);
}

/** Evaluates a saved step on minimal pairs, swaps and tasks, and stores the result. @throws HomegrownError `bad-settings` */
export async function askLists(
  store: BlobStore,
  { runId, network, tokenizer, step }: LoadedModel,
  { lists, now }: ListsInput,
  job: EvaluationJob,
): Promise<EvaluationRecord> {
  const run = await readKnownRun(store, runId);
  const listResults = await evaluate(network, tokenizer, { ...lists, objective: run.objective, metrics: [] }, job);
  const evaluation = await withListHashes(listResults, lists);
  await throwIfCanceled(job);
  const stepKey = { runId, step, tokenizerHash: tokenizer.hash, madeAt: now };
  return keepLists(store, stepKey, ({ evaluation: previous, comparisons }) => ({
    evaluation: askedAnew(previous, evaluation, lists),
    ...(comparisons && { comparisons }),
  }));
}
