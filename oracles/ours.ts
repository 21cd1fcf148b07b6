/**
 * Computes what no command prints, for the oracles to compare: scores, and text as ids. One process
 * answers all: each line of standard input is a question, and each answer is one line.
 *
 *     { "folder": path, "texts": [text, ...] }    -> { "answer": [[id, ...], ...] }
 *     { "folder": path, "chats": [[message, ...], ...], "template": text } -> the ids, loss mask and prompt of each: chats.ts
 *     { "folder": path, "ids": [id, ...] }        -> { "answer": [score, ...] }, [ids, vocabulary] row after row
 *     { "folder": path, "ids": [id, ...], "gradients": file } -> { "answer": loss } of the ids that follow another, and its
 *                                                    gradients in a safetensors file, by Hugging Face's names
 *     { "folder": path, "rows": { ids, lengths, targets, source: { ids, lengths } } }, rows of equal length -> { "answer": [score, ...] },
 *                                                    of all rows, padding too; with "gradients" as above, of the targets that are not negative;
 *                                                    with "at" what that activation is, as hooks call it. Encoders have no source;
 *                                                    decoders may have "documents", the tokens of those in each row
 *     { "folder": path, "classify": [text, ...] }, and with "labels" and "gradients" -> classifier outputs: classifiers.ts
 *     { "folder": path, "recipe": {}, "steps": [] } -> of an encoder: steps.ts
 *     { "folder": path, "updates": [rows, ...], "rate": number }, or "answered": ids, of an encoder-decoder: encoderDecoder.ts
 *     { "spans": [case, ...], "contexts": [...] }  -> spans that span corruption removes for given random numbers: spans.ts
 *     { "rule": name, "settings": {}, "texts": [text, ...] } -> texts after a cleaning rule: cleaning.ts
 *     the same with "engine": "webgpu"            -> the same, computed on WebGPU
 *     { "folder": a GGUF file, "ids": [id, ...], "engine": "llama.cpp", "last": number } -> llama.cpp's probability of each token after
 *                                                    each of the last ids; by default only the last one
 *     a folder that cannot be opened              -> { "refused": its reason }
 *
 * Folders, and GGUF files in their place, are read as `npm run sample` reads them.
 */
import * as tf from '@tensorflow/tfjs';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Token } from 'node-llama-cpp';
import { lookAt, readWeights } from '../node/folders/readModel';
import { openDevice } from '../cli/terminal';
import { unwatched } from '../src/core/base/job';
import { HomegrownError } from '../src/core/base/errors';
import { writeSafetensors } from '../src/core/checkpoint/safetensors';
import type { HostTensor } from '../src/core/checkpoint/tensors';
import type { RunInfo } from '../src/core/export/homegrownJson';
import { hubWeights } from '../src/core/export/weights';
import { readBytes } from '../src/core/files/byteSource';
import { type Network, network } from '../src/core/models/network';
import type { ForwardContext, Hook, HookName, Output } from '../src/core/models/spec';
import { classify } from '../src/core/ops/classify';
import { softmaxCrossEntropy } from '../src/core/ops/softmaxCrossEntropy';
import { logits } from '../src/core/sample/logits';
import { openLlama } from '../src/testing/llama';
import { documentsInRows } from '../src/testing/documentsInRows';
import type { Rows } from '../src/testing/passes';
import { type Chats, renderChats } from './chats';
import { type Classifying, lossOf, scoresOf } from './classifiers';
import { cleanedBy, type Cleaning } from './cleaning';
import { likeliest, type Likeliest, lossesBeforeUpdates, type Updates } from './encoderDecoder';
import { type SpanCase, type SpanContext, spansOf } from './spans';
import { lossesOf, type Steps } from './steps';

type Engine = 'wasm' | 'webgpu' | 'llama.cpp';
interface Spans {
  spans: readonly SpanCase[];
  contexts: readonly SpanContext[];
}
type Question = { folder: string } & (
  | { texts: readonly string[] }
  | (Classifying & { engine?: Engine })
  | Chats
  | { ids: readonly number[]; gradients?: string; engine?: Engine; last?: number }
  | { rows: Rows; gradients?: string; at?: HookName; engine?: Engine }
  | (Steps & { engine?: Engine })
  | ((Updates | Likeliest) & { engine?: Engine })
);

async function answer(
  question: Question | Spans | Cleaning,
): Promise<
  | number
  | number[]
  | number[][]
  | ReturnType<typeof spansOf>
  | Awaited<ReturnType<typeof cleanedBy>>
  | Awaited<ReturnType<typeof renderChats>>
> {
  if ('spans' in question) return spansOf(question);
  if ('rule' in question) return cleanedBy(question);
  const { folder } = question;
  if ('texts' in question) {
    const { tokenizer } = await lookAt(folder, unwatched.signal);
    return question.texts.map((text) => Array.from(tokenizer.encode(text)));
  }
  if ('chats' in question) return renderChats((await lookAt(folder, unwatched.signal)).tokenizer, question);
  const { engine = 'wasm' } = question;
  if (engine === 'llama.cpp' && 'ids' in question) return byLlama(folder, question.ids, question.last ?? 1);
  if (engine === 'llama.cpp')
    throw new HomegrownError('bug', 'llama.cpp is asked for the ids that follow others alone');
  if (engine !== open) await openDevice((open = engine));
  const { model, snapshot, tokenizer } = await readWeights(folder);
  if ('steps' in question) return lossesOf(model, snapshot.tensors, question);
  const net = await network(model, snapshot.tensors);
  try {
    if ('classify' in question) {
      const { gradients: file } = question;
      if (file === undefined) return await scoresOf(net, tokenizer, question);
      return await gradientsOf(net, () => lossOf(net, tokenizer, question), file);
    }
    if ('updates' in question) return await lossesBeforeUpdates(net, question);
    if ('answered' in question) return await likeliest(net, question);
    const { gradients: file } = question;
    if ('rows' in question) {
      const { rows, at } = question;
      if (file !== undefined) return await gradients(net, () => outputOf(net, rows), rows.targets.flat(), file);
      const made = tf.tidy(() => (at === undefined ? classify(outputOf(net, rows)) : activationAt(net, rows, at)));
      return Array.from(await made.data<'float32'>());
    }
    const { ids } = question;
    if (file === undefined) return Array.from(await logits(net, ids));
    return await gradients(net, () => net.forward(matrix([ids])), [...ids.slice(1), -1], file);
  } finally {
    net.dispose();
  }
}

/** Returns llama.cpp's probability of each token after each of the last ids, in order of ids. */
async function byLlama(modelPath: string, ids: readonly number[], last: number): Promise<number[]> {
  const llama = await openLlama();
  if (!llama) throw new HomegrownError('load-failed', 'There is no llama.cpp for this machine');
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize: 64 });
  const options = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const results = await context
    .getSequence()
    .controlledEvaluate(
      ids.map((id, i) =>
        i < ids.length - last ? (id as Token) : [id as Token, { generateNext: { probabilities: true, options } }],
      ),
    );
  const all = results.slice(-last).flatMap((result) => {
    const { probabilities } = result!.next;
    return Array.from({ length: probabilities!.size }, (_, id) => probabilities!.get(id as Token)!);
  });
  await llama.dispose();
  return all;
}

const matrix = (rows: readonly (readonly number[])[]) =>
  tf.tensor2d(rows.flat(), [rows.length, rows[0]!.length], 'int32');
type Hooked = Pick<ForwardContext, 'hook' | 'unfusedAttention'>;
const vector = (values: readonly number[]) => tf.tensor1d([...values], 'int32');
const outputOf = (net: Network, { ids, lengths, documents, source }: Rows, hooked?: Hooked): Output => {
  const inRows = documents && documentsInRows(documents);
  const limits = {
    ...(lengths && { lengths: vector(lengths) }),
    ...(inRows && { documents: { places: vector([...inRows.places.data]), ends: vector([...inRows.ends.data]) } }),
  };
  return net.forward(
    matrix(ids),
    { dropout: 0, ...limits, ...hooked },
    source && { ids: matrix(source.ids), lengths: vector(source.lengths) },
  );
};

function activationAt(net: Network, rows: Rows, at: HookName): tf.Tensor {
  let found: tf.Tensor | undefined;
  const hook: Hook = (name, x) => {
    if (name === at) found = x;
    return x;
  };
  outputOf(net, rows, { hook, unfusedAttention: at.endsWith('.weights') });
  return found!;
}

/** The mean loss over the targets that are not negative; its gradients go into the file. */
const gradients = (net: Network, output: () => Output, targets: number[], path: string): Promise<number> =>
  gradientsOf(
    net,
    () => {
      const weight = targets.filter((target) => target >= 0).length;
      return softmaxCrossEntropy(output(), tf.tensor1d(targets, 'int32'), tf.tensor1d([weight], 'int32'));
    },
    path,
  );

async function gradientsOf(net: Network, loss: () => tf.Scalar, path: string): Promise<number> {
  const { value, grads } = tf.variableGrads(loss);
  const tensors = new Map<string, HostTensor>();
  for (const [name, { name: own, shape }] of Object.entries(net.params))
    tensors.set(name, { shape, data: (await grads[own]!.data<'float32'>()).slice() });
  const snapshot = { state: NO_STATE, tensors };
  const file = writeSafetensors(path, hubWeights({ info: { model: net.choice } as RunInfo, snapshot }));
  await writeFile(path, await readBytes(file));
  return (await value.data<'float32'>())[0]!;
}
const NO_STATE = { step: 0, tokensSeen: 0, activeMs: 0, best: null };

// TensorFlow.js speaks to the console; standard output is for answers alone.
console.log = console.info = console.warn = () => undefined;
let open: Engine = 'wasm';
await openDevice(open);
for await (const line of createInterface({ input: process.stdin })) {
  const said = await answer(JSON.parse(line) as Question | Spans | Cleaning).then(
    (values) => ({ answer: values }),
    (error: unknown) => {
      if (error instanceof HomegrownError) return { refused: error.message };
      throw error;
    },
  );
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
