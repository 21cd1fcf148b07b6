import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { inductionModel } from '../../testing/inductionModel';
import { inspected, INSPECTED } from '../../testing/inspected';
import { untrainedClassifier } from '../../testing/untrainedModels';
import { useSingleThreadWasm } from '../../testing/wasm';
import { network, type Network } from '../models/network';
import { logits } from '../sample/logits';
import { createTokenizer } from '../tokenizer/byteLevel';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Explained } from './attribution';
import { explanation, samePlaceIn } from './explanation';
import { passageOf } from './passage';
import { patch } from './patching';

beforeAll(useSingleThreadWasm);

const NAMES = Object.keys(INSPECTED) as (keyof typeof INSPECTED)[];

async function patched(
  net: Network,
  tokenizer: Tokenizer,
  [prompt, against]: readonly [string, string],
  choice: Parameters<typeof explanation>[3] = {},
) {
  const passage = await passageOf(net, tokenizer, { prompt });
  const explained = await explanation(net, tokenizer, passage, choice);
  const other = samePlaceIn(net, tokenizer, await passageOf(net, tokenizer, { prompt: against }), explained);
  return { explained: explained.explained, other, found: await patch(net, explained.explained, other) };
}

/** Passages that differ in one token, and a prediction in which they differ. */
const CASES = { GPT: ['the whale', 'the shale', 8], Llama: ['the whale', 'the shale', 8], BERT: ['the wh[MASK]le', 'the sh[MASK]le', 6], T5: ['whale', 'shale', 0] } as const; // prettier-ignore

describe.each(NAMES)('%s', (name) => {
  test('the whole difference lies in the differing token at first, and in the prediction at last', async () => {
    const { network: net, tokenizer } = await inspected(name);
    const [prompt, against, position] = CASES[name];
    const target = 'z';
    const before = tf.memory().numTensors;
    const { explained, other, found } = await patched(net, tokenizer, [prompt, against], { position, target });
    expect(tf.memory().numTensors).toBe(before);
    const { effects, encoder, clean, corrupted, answer, foil } = found;
    const [firstSide, differing] = [encoder ?? effects, (explained.source ?? explained.ids).findIndex((id, i) => id !== (other.source ?? other.ids)[i])]; // prettier-ignore
    expect(firstSide).toHaveLength(3);
    for (const [at, effect] of firstSide[0]!.entries()) expect(effect).toBeCloseTo(at === differing ? 1 : 0, 3);
    for (const [at, effect] of effects[2]!.entries()) expect(effect).toBeCloseTo(at === explained.place ? 1 : 0, 3);
    const difference = async ({ ids, source }: Pick<Explained, 'ids' | 'source'>): Promise<number> => {
      const read = source && { ids: tf.tensor2d([...source], [1, source.length], 'int32') };
      const scores = await logits(net, ids, [explained.place + 1], read);
      return scores[answer]! - scores[foil]!;
    };
    expect(clean).toBeCloseTo(await difference(explained), 3);
    expect(corrupted).toBeCloseTo(await difference({ ...explained, ...other }), 3);
    net.dispose();
  });
});

test('an induction model: the answer moves from its first copy to the end in the second layer', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const { choice, values } = inductionModel(tokenizer.size, { predicts: true });
  const net = await network(choice, values);
  const { found } = await patched(net, tokenizer, ['qwertyuioqwert', 'qwertxuioqwert']);
  expect([found.answer, found.foil].map((id) => String.fromCharCode(...tokenizer.bytes(id)))).toEqual(['y', 'x']);
  const places = found.effects.map((row) => row.flatMap((effect, at) => (effect > 0.9 ? [at] : [])));
  expect(places).toEqual([[5], [5], [13]]);
  net.dispose();
});

test('a classifier’s label is patched too', async () => {
  const { info, snapshot, tokenizer } = await untrainedClassifier('bert');
  const net = await network(info.model, snapshot.tensors);
  const read = (prompt: string) => passageOf(net, tokenizer, { prompt });
  const explained = await explanation(net, tokenizer, await read('whale'), {});
  const labels = ['shale', 'xxxxx', 'zzzzz', '12345', 'WHALE', '-----'];
  for (const against of labels) {
    const other = samePlaceIn(net, tokenizer, await read(against), explained);
    const found = await patch(net, explained.explained, other).catch(() => undefined);
    if (!found) continue;
    // Pooled from the first token.
    for (const [at, effect] of found.effects[2]!.entries()) expect(effect).toBeCloseTo(at === 0 ? 1 : 0, 3);
    net.dispose();
    return;
  }
  throw new Error('All texts have the same label.');
});

test('refuses passages of different lengths, and equal answers', async () => {
  const { network: net, tokenizer } = await inspected('GPT');
  await expect(patched(net, tokenizer, ['whale', 'whales'])).rejects.toThrow('The prompt has 5 tokens, but the other text has 6'); // prettier-ignore
  await expect(patched(net, tokenizer, ['whale', 'whale'])).rejects.toThrow('The answer is also the most probable one');
  net.dispose();
});
