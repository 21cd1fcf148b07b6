/** A saved step measured on a whole held-out part or on a text, beside what needs no model; it is kept with its run. */
import type { BlobStore } from '../core/base/blobStore';
import { badSettings } from '../core/base/errors';
import { sha256Hex } from '../core/base/hash';
import { yieldToEventLoop } from '../core/base/job';
import { askedAnew } from '../core/evaluate/askedAnew';
import { countedIn, documentsIn, held, type Held } from '../core/evaluate/blocks';
import { evaluate, type EvaluationJob, type ToEvaluate } from '../core/evaluate/evaluate';
import { withListHashes } from '../core/evaluate/listHash';
import { partToEvaluate } from '../core/evaluate/ofPart';
import { learntFrom } from '../core/objectives';
import { manifestIfKept, manifestOf } from '../core/runs/data';
import type { EvaluatedOn, EvaluationRecord } from '../core/runs/evaluations';
import { keepEvaluation, keepLists, partHash } from '../core/runs/keptEvaluations';
import { looked, looksAt } from '../core/runs/looks';
import { readKnownRun, type RunRecord, updateRun } from '../core/runs/record';
import { dataOf, recipeOf } from '../core/runs/segments';
import { sourcesOf } from '../core/runs/sources';
import { storedBaselines } from '../core/runs/storedBaselines';
import type { ShardManifest } from '../core/shards/manifest';
import { openPart, readCounts } from '../core/shards/read';
import type { EvaluationInput, ListsInput } from '../protocol/gpu';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import type { LoadedModel } from './models';

interface On extends Pick<EvaluationRecord, 'name' | 'textHash'> {
  part: EvaluatedOn;
}

/** @throws HomegrownError `bad-settings` where a run has no such part */
export async function given(
  store: BlobStore,
  run: RunRecord,
  tokenizer: Tokenizer,
  on: EvaluationInput['on'],
): Promise<On & { documents: readonly Held[] }> {
  if ('text' in on) {
    const textHash = await sha256Hex(new TextEncoder().encode(on.text));
    return { part: 'text', name: on.name, textHash, documents: [held(tokenizer, on.text, on.name)] };
  }
  const { part } = on;
  const manifest = await ownData(store, run);
  const sourceOf = await sourcesOf(store, dataOf(run).facts);
  const documents = await documentsIn(openPart(store, manifest, part), tokenizer, sourceOf);
  return { part, textHash: partHash(manifest, part), documents };
}

async function ownData(store: BlobStore, run: RunRecord): Promise<ShardManifest> {
  const manifest = await manifestOf(store, run);
  if (manifest) return manifest;
  throw badSettings(
    `${run.name} was imported without its training text, so it has no validation set`,
    'Evaluate it on your own text.',
  );
}

/** What is measured, and what a model that knows nothing but how common tokens are has counted. */
async function asked(
  store: BlobStore,
  run: RunRecord,
  tokenizer: Tokenizer,
  step: number,
  on: EvaluationInput['on'],
): Promise<On & { ask: ToEvaluate }> {
  if ('text' in on) {
    const { documents, ...told } = await given(store, run, tokenizer, on);
    const manifest = await manifestIfKept(store, run);
    const train = manifest ? await countedIn(openPart(store, manifest, 'train'), tokenizer) : undefined;
    return { ...told, ask: { documents, train } };
  }
  const { part } = on;
  const manifest = await ownData(store, run);
  const parts = { heldOut: openPart(store, manifest, part), train: openPart(store, manifest, 'train') };
  const sourceOf = await sourcesOf(store, dataOf(run).facts);
  const { context } = run.model.config;
  const facts = storedBaselines(run.model, dataOf(run).facts, manifest, part);
  const stored = facts && { facts, counts: await readCounts(store, manifest, 'train') };
  const ask = await partToEvaluate(parts, tokenizer, sourceOf, learntFrom(run.objective), context, stored);
  return { part, textHash: partHash(manifest, part), ask: { ...ask, decision: decisionOn(run, part, step) } };
}

/** The temperature is found on the part by which the run was watched, and used on others. */
function decisionOn({ decision }: RunRecord, part: 'validation' | 'test', step: number): ToEvaluate['decision'] {
  if (!decision) return undefined;
  const { atLeast, temperature } = decision;
  return { atLeast, ...(part === 'test' && decision.step === step && { temperature }) };
}

/** @throws HomegrownError `bad-settings` where there is nothing to measure on */
export async function evaluateStep(
  store: BlobStore,
  { runId, network, tokenizer, step }: LoadedModel,
  { on, isStrided = false, now }: EvaluationInput,
  job: EvaluationJob,
): Promise<EvaluationRecord> {
  const run = await readKnownRun(store, runId);
  job.report({ label: 'Reading the text', done: 0, unit: 'tokens' });
  const { ask, ...told } = await asked(store, run, tokenizer, step, on);
  const isEmpty = ask.documents ? ask.documents.every(({ ids }) => ids.length === 0) : ask.pairs?.length === 0;
  if (isEmpty) throw badSettings('There is no text to evaluate on.');
  const besides = isStrided ? (['stridedPerplexity'] as const) : [];
  const evaluation = await evaluate(network, tokenizer, { ...ask, besides }, job);
  await notCancelled(job);
  const { hash: tokenizerHash } = tokenizer;
  const record: EvaluationRecord = { version: 1, runId, step, ...told, tokenizerHash, madeAt: now, evaluation };
  if (record.part === 'test') record.look = await lookedAt(store, runId, record.textHash);
  await keepEvaluation(store, record);
  return record;
}

/** What was cancelled while the last of it was computed is not kept. A turn is given first, in which that can arrive. */
export async function notCancelled({ signal }: EvaluationJob): Promise<void> {
  await yieldToEventLoop();
  signal.throwIfAborted();
}

/** Counts a look at the test part. @returns the how manieth it is */
export async function lookedAt(store: BlobStore, runId: string, of: string): Promise<number> {
  const { looks } = await updateRun(store, runId, (run) => ({ ...run, looks: looked(run.looks, of) }));
  return looksAt(looks, of);
}

/** Pairs of sentences and tasks, by a saved step; kept with what was asked of it before. @throws HomegrownError `bad-settings` */
export async function askLists(
  store: BlobStore,
  { runId, network, tokenizer, step }: LoadedModel,
  { lists, now }: ListsInput,
  job: EvaluationJob,
): Promise<EvaluationRecord> {
  const run = await readKnownRun(store, runId);
  const ofPairs = learntFrom(recipeOf(run).objective) === 'pairs';
  const measured = await evaluate(network, tokenizer, { ...lists, ofPairs, metrics: [] }, job);
  const found = await withListHashes(measured, lists);
  await notCancelled(job);
  const at = { runId, step, tokenizerHash: tokenizer.hash, madeAt: now };
  return keepLists(store, at, ({ evaluation: before, comparisons }) => ({
    evaluation: askedAnew(before, found, lists),
    ...(comparisons && { comparisons }),
  }));
}
