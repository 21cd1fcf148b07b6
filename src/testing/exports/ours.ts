/** Results of our own engine on a row's model, computed once per process and compared with every other engine. */
import { unwatched } from '../../core/base/job';
import type { Exported } from '../../core/export/format';
import { type Network, network } from '../../core/models/network';
import { type Classified, classifier } from '../../core/sample/classify';
import type { Filled } from '../../core/sample/candidates';
import { fill } from '../../core/sample/fill';
import { logits } from '../../core/sample/logits';
import { memory } from '../../core/sample/memory';
import { write } from '../../core/sample/write';
import { once } from '../once';
import { useSingleThreadWasm } from '../wasm';
import { exportedOf } from './models';
import type { Row } from './rows';

/** Runs our engine on a model. */
export async function withNetwork<T>({ info, snapshot }: Exported, work: (net: Network) => Promise<T>): Promise<T> {
  await useSingleThreadWasm();
  const net = await network(info.model, snapshot.tensors);
  try {
    return await work(net);
  } finally {
    net.dispose();
  }
}
const computeOnce = <T>(
  row: Row,
  description: string,
  work: (net: Network, exported: Exported) => Promise<T>,
): Promise<T> =>
  once(`ours of ${row.name}: ${description}`, async () => {
    const exported = await exportedOf(row);
    return withNetwork(exported, (net) => work(net, exported));
  });

/** Ids of held-out text from `start` on, by default a full context. */
export async function heldOut(row: Row, start = 11, length = row.config.context): Promise<number[]> {
  const { tokens } = await exportedOf(row);
  return [...(await tokens!.validation.read(start, length))];
}

/** Scores [ids, vocabulary]. @param source source text of an encoder-decoder, which `ids` answer */
export const ourScores = (row: Row, ids: readonly number[], source?: readonly number[]): Promise<Float32Array> =>
  computeOnce(row, `scores ${ids.join()} of ${String(source)}`, async (net) => {
    if (!source) return logits(net, ids);
    const encoded = memory(net, source);
    const scores = await logits(net, ids, undefined, encoded);
    encoded.dispose();
    return scores;
  });

/** Prompts that tokenizers split in different ways. */
export const PROMPTS = ['Call me ', 'The whale', "'Tis naïve:\n\n 42"] as const;
/** Number of greedy tokens after each prompt. */
export const LENGTH = 20;

/** Tokens after a text, up to its end: greedy, or sampled at a temperature. */
export const ourText = (row: Row, prompt: string, length = LENGTH, temperature = 0): Promise<readonly number[]> =>
  computeOnce(row, `${length} tokens after ${prompt} at ${temperature}`, async (net, { tokenizer }) => {
    const ids: number[] = [];
    const settings = { temperature, topK: 0, topP: 1, seed: 1, length, beams: 1, lengthPenalty: 1 };
    for await (const { id } of write(net, tokenizer, prompt, settings, unwatched)) ids.push(id);
    return ids;
  });

export const PASSAGE = 'It was the [MASK] and ___.';
/** Candidates for a passage's blanks. */
export const ourBlanks = (row: Row, max = 8, passage = PASSAGE): Promise<Filled> =>
  computeOnce(row, `${max} candidates of ${passage}`, (net, { tokenizer }) => fill(net, tokenizer, passage, max));

/** Texts of 1 to 60 characters, so that some are longer than the context. */
export const TEXTS: readonly string[] = Array.from({ length: 200 }, (_, i) =>
  Array.from({ length: 1 + ((i * 37) % 60) }, (_x, j) => 'aeinrst lmäq鯨.'.charAt((i * 31 + j * j * 17 + j) % 15)).join(
    '',
  ),
);
/** @param isCut truncates long texts, whatever the model's setting */
export const ourLabels = (row: Row, texts: readonly string[] = TEXTS, isCut = false): Promise<readonly Classified[]> =>
  once(`ours of ${row.name}: labels${isCut ? ', cut' : ''} of ${texts.join('|')}`, async () => {
    const exported = await exportedOf(row);
    const { model } = exported.info;
    const { inWindows: _, ...classes } = model.config.classes!;
    const cut = { ...model, config: { ...model.config, classes } };
    return withNetwork({ ...exported, info: { ...exported.info, model: isCut ? cut : model } }, async (net) => {
      const reader = classifier(net, exported.tokenizer);
      const labels = await reader.classify(texts);
      reader.dispose();
      return labels;
    });
  });
