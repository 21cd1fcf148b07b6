/** Two saved steps, of one run or of two, on the same held-out text: is one better? */
import type { BlobStore } from '../core/base/blobStore';
import { badSettings } from '../core/base/errors';
import { tokenised } from '../core/evaluate/blocks';
import { compare } from '../core/evaluate/compare';
import type { EvaluationJob } from '../core/evaluate/evaluate';
import { checkReadsOn, endToEnd, scoreText } from '../core/evaluate/ofText';
import { manifestIfKept } from '../core/runs/data';
import { partHash } from '../core/runs/keptEvaluations';
import { readKnownRun } from '../core/runs/record';
import type { CompareInput, Compared } from '../protocol/gpu';
import { given, lookedAt } from './evaluating';
import type { LoadedModel } from './models';

/** Lends a model, one at a time. */
type Lend = <T>(of: CompareInput['beside'], work: (model: LoadedModel, job: EvaluationJob) => Promise<T>) => Promise<T>;

/**
 * On the text as it is written, so that tokenizers may differ.
 * @throws HomegrownError `bad-settings` where one does not read from left to right, or there is no text
 */
export async function compareSteps(
  store: BlobStore,
  { runId, which, beside, on }: CompareInput,
  lend: Lend,
): Promise<Compared> {
  const checked = async ({ runId, network }: LoadedModel): Promise<void> => {
    const { name } = await readKnownRun(store, runId);
    checkReadsOn(name, network.choice);
  };
  // Whether it can be is asked first: reading a text takes long.
  await lend(beside, checked);
  const own = await lend({ runId, which }, async (model, job) => {
    await checked(model);
    const { documents, textHash } = await given(store, await readKnownRun(store, runId), model.tokenizer, on);
    const texts = documents.map(({ ids, text }) => text ?? model.tokenizer.decode(ids)).filter((text) => text !== '');
    if (texts.length === 0) throw badSettings('There is no text to compare on.');
    return { texts, textHash, step: model.step, ...(await natsOf(model, texts, job)) };
  });
  const other = await lend(beside, async (model, job) => ({
    step: model.step,
    ...(await natsOf(model, own.texts, job)),
  }));
  if (!('text' in on) && on.part === 'test') await lookedAt(store, runId, own.textHash);
  return {
    ...compare(other.nats, own.nats, own.bytes),
    step: own.step,
    besideStep: other.step,
    bytes: own.bytes.reduce((sum, bytes) => sum + bytes, 0),
    mayHaveLearnt: !('text' in on) && !(await isHeldOutOf(store, runId, beside.runId, on.part)),
  };
}

/** Of each piece of the texts, nats and bytes. */
async function natsOf({ network, tokenizer }: LoadedModel, texts: readonly string[], { pause, report }: EvaluationJob) {
  const documents = texts.map((text) => tokenised(tokenizer, text));
  const { rows, blocks } = await scoreText(network, tokenizer, documents, endToEnd(network), pause, report);
  return { nats: rows.map((row) => row[0]!), bytes: blocks.map(({ bytes }) => bytes) };
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
