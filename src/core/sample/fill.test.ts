import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { type ModelId, MODELS, modelSpec } from '../models';
import { initialValues, type Network, network } from '../models/network';
import '../../testing/toyRelative';
import { createTokenizer } from '../tokenizer/byteLevel';
import { type Tokenizer } from '../tokenizer/tokenizer';
import { likeliestText } from './candidates';
import { fill } from './fill';
import { logits } from './logits';

const context = 16;
const toy = async () => {
  const { forward } = await modelSpec('relative-both-ways' as ModelId).load();
  return { forward: { encode: forward.decode! } };
};
let net: Network;
let tokenizer: Tokenizer;
beforeAll(async () => {
  await tf.setBackend('cpu');
  // Registers a bidirectional toy model as an encoder.
  Object.assign(MODELS, { filler: { ...modelSpec('relative-both-ways' as ModelId), kind: 'encoder', load: toy } });
  const config = { layers: 1, heads: 2, width: 8, context };
  const choice = { id: 'filler' as ModelId, config, vocabulary: 258 };
  net = await network(choice, initialValues(choice, 1));
  tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles: ['end', 'mask'] });
  return () => net.dispose();
});

test('each blank has its most probable candidates with probabilities, and the passage has the best of each', async () => {
  const before = tf.memory().numTensors;
  const filled = await fill(net, tokenizer, 'a [MASK] and [MASK].', 300);
  expect(filled.pieces).toEqual(['a', ' and', '.']);
  const ids = [...tokenizer.encode('a '), 257, ...tokenizer.encode(' and '), 257, ...tokenizer.encode('.')];
  const scores = await logits(net, ids);
  for (const [blank, place] of [2, 8].entries()) {
    const own = scores.subarray(place * 258, (place + 1) * 258);
    const total = own.reduce((n, z) => n + Math.exp(z), 0);
    const candidates = filled.blanks[blank]!;
    expect(candidates).toHaveLength(256); // without special tokens
    for (const { id, probability } of candidates) expect(probability).toBeCloseTo(Math.exp(own[id]!) / total, 6);
    const sorted = candidates.map(({ probability }) => probability);
    expect(sorted).toEqual(sorted.toSorted((a, b) => b - a));
  }
  expect(likeliestText(filled)).toBe(`a${filled.blanks[0]![0]!.text} and${filled.blanks[1]![0]!.text}.`);
  expect((await fill(net, tokenizer, 'a [MASK]', 3)).blanks[0]).toHaveLength(3);
  expect(tf.memory().numTensors).toBe(before);
});
test('refuses a passage longer than the context, with numbers, and a passage without a blank', async () => {
  await expect(fill(net, tokenizer, `[MASK]${'x'.repeat(19)}`, 3)).rejects.toMatchObject({
    code: 'bad-settings',
    message: 'The passage has 20 tokens; this model’s context is 16.',
  });
  await expect(fill(net, tokenizer, 'whale', 3)).rejects.toMatchObject({ code: 'bad-settings' });
});
