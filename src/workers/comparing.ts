/** Two saved steps, of one run or of two, on the same held-out text: is one better? */
import type { BlobStore } from '../core/base/blobStore';
import { badSettings } from '../core/base/errors';
import { compare, type Comparison } from '../core/evaluate/compare';
import type { EvaluationJob } from '../core/evaluate/evaluate';
import { checkReadsOn, natsOf } from '../core/evaluate/ofText';
import { manifestIfKept } from '../core/runs/data';
import type { EvaluationRecord, KeptComparison } from '../core/runs/evaluations';
import { keepLists, partHash } from '../core/runs/keptEvaluations';
import { readKnownRun } from '../core/runs/record';
import type { CompareInput } from '../protocol/gpu';
import { given, lookedAt, notCancelled } from './evaluating';
import type { LoadedModel } from './models';

/** Lends a model, one at a time. */
type Lend = <T>(of: CompareInput['beside'], work: (model: LoadedModel, job: EvaluationJob) => Promise<T>) => Promise<T>;

/** Of a step that are kept, at most: the newest. */
const MOST = 50;

/**
 * On the text as it is written, so that tokenizers may differ. It is kept with the first one's run.
 * @throws HomegrownError `bad-settings` where one does not read from left to right, or there is no text
 */
export async function compareSteps(
  store: BlobStore,
  { runId, which, beside, on, now }: CompareInput,
  lend: Lend,
): Promise<EvaluationRecord> {
  const checked = async (id: string): Promise<Omit<KeptComparison['beside'], 'step'>> => {
    const { name, model } = await readKnownRun(store, id);
    checkReadsOn(name, model);
    return { runId: id, name };
  };
  // Of both first, by their records: reading a text takes long, and so does loading a model.
  await checked(runId);
  const known = await checked(beside.runId);
  const own = await lend({ runId, which }, async (model, job) => {
    const { documents, ...told } = await given(store, await readKnownRun(store, runId), model.tokenizer, on);
    const texts = documents.map(({ ids, text }) => text ?? model.tokenizer.decode(ids)).filter((text) => text !== '');
    if (texts.length === 0) throw badSettings('There is no text to compare on.');
    const { step, tokenizer } = model;
    return {
      texts,
      told,
      step,
      tokenizerHash: tokenizer.hash,
      ...(await natsOf(model.network, tokenizer, texts, job)),
    };
  });
  const other = await lend(beside, async (model, job) => {
    const told = {
      is: { ...known, step: model.step },
      ...(await natsOf(model.network, model.tokenizer, own.texts, job)),
    };
    await notCancelled(job);
    return told;
  });
  const { part, textHash } = own.told;
  const found = finite(compare(other.nats, own.nats, own.bytes));
  const comparison: KeptComparison = {
    beside: other.is,
    ...own.told,
    ...(part === 'test' && { look: await lookedAt(store, runId, textHash) }),
    madeAt: now,
    bytes: own.bytes.reduce((sum, bytes) => sum + bytes, 0),
    ...found,
    mayHaveLearnt: part !== 'text' && !(await isHeldOutOf(store, runId, beside.runId, part)),
  };
  const isSame = (each: KeptComparison): boolean =>
    each.beside.runId === other.is.runId && each.beside.step === other.is.step && each.part === part;
  const { step, tokenizerHash } = own;
  return keepLists(store, { runId, step, tokenizerHash, madeAt: now }, ({ evaluation, comparisons = [] }) => ({
    evaluation,
    comparisons: [comparison, ...comparisons.filter((each) => !isSame(each))].slice(0, MOST),
  }));
}

/** A record holds no other numbers. @throws HomegrownError `bad-settings` where a model gives none */
export function finite<C extends Comparison>(found: C): C {
  if ([found.difference, found.low, found.high].every(Number.isFinite)) return found;
  throw badSettings(
    'Losses of one of the two steps are not finite numbers: it has diverged, so nothing can be told.',
    'Compare with an earlier step.',
  );
}

/** Whether both runs have held out the same part of the same text. */
async function isHeldOutOf(
  store: BlobStore,
  first: string,
  second: string,
  part: 'validation' | 'test',
): Promise<boolean> {
  if (first === second) return true;
  const [one, other] = await Promise.all(
    [first, second].map(async (runId) => manifestIfKept(store, await readKnownRun(store, runId))),
  );
  // Tokens of another tokenizer are others; bytes of the part are the same.
  const of = (manifest: typeof one): string | undefined =>
    manifest
      ? partHash({ ...manifest, parts: { [part]: { tokens: 0, bytes: manifest.parts[part]?.bytes ?? 0 } } }, part)
      : undefined;
  return one !== null && of(one) === of(other);
}
