import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import type { Network } from '../models/network';
import { toyRelative } from '../../testing/toyRelative';
import { answerStart, sourceIds } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import { answer, type AnswerSettings } from './answer';
import { logits } from './logits';
import { memory } from './memory';

/** Special ids of a tokenizer with 33 tokens, one per letter. */
const PADDING = 32;
const END = 31;
const tokenizer = {
  model: {},
  endOfText: END,
  special: [{ role: 'padding', id: PADDING, text: '<pad>' }],
  encode: (text: string) => Uint32Array.from(text, (c) => c.charCodeAt(0) - 97),
} as unknown as Tokenizer;
const settings: AnswerSettings = { temperature: 0, topK: 0, topP: 1, seed: 4, length: 12, beams: 1, lengthPenalty: 1 };

describe.each(SINGLE_THREAD_BACKENDS)('%s', (_, use) => {
  let net: Network;
  beforeAll(async () => {
    await use();
    net = await toyRelative('relative-pair');
    return () => net.dispose();
  });
  const answered = async (text: string, change: Partial<AnswerSettings> = {}, job = unwatched) => {
    const tokens = [];
    for await (const token of answer(net, tokenizer, text, { ...settings, ...change }, job)) tokens.push(token);
    return tokens;
  };
  const ids = async (...given: Parameters<typeof answered>): Promise<number[]> =>
    (await answered(...given)).map(({ id }) => id);

  /** Runs a full forward pass for each token. */
  async function uncached(text: string, length: number): Promise<number[]> {
    const written = [answerStart(tokenizer)];
    while (written.length <= length) {
      const read = memory(net, sourceIds(tokenizer, text));
      const scores = (await logits(net, written, [written.length], read)).slice();
      read.dispose();
      const id = scores.indexOf(Math.max(...scores));
      if (id === END) break;
      written.push(id);
    }
    return written.slice(1);
  }

  test('encoding once gives the same answer as encoding for each token', async () => {
    const before = tf.memory().numTensors;
    for (const text of ['a', 'whale', 'thepequod']) expect(await ids(text)).toEqual(await uncached(text, 12));
    expect(await ids('whale')).not.toEqual(await ids('thepequod'));
    expect(tf.memory().numTensors).toBe(before);
  });

  test('sampling with the same seed gives the same answer', async () => {
    const one = await ids('whale', { temperature: 1 });
    expect(await ids('whale', { temperature: 1 })).toEqual(one);
    expect(await ids('whale', { temperature: 1, seed: 5 })).not.toEqual(one);
  });

  test('beam search finds an answer at least as probable, with the probability of each token', async () => {
    const before = tf.memory().numTensors;
    const sum = (tokens: Awaited<ReturnType<typeof answered>>): number =>
      tokens.reduce((n, { probability }) => n + Math.log(probability), 0);
    const [greedy, beams] = [await answered('whale', { length: 6 }), await answered('whale', { length: 6, beams: 4 })];
    if (greedy.length === 6 && beams.length === 6) expect(sum(beams)).toBeGreaterThanOrEqual(sum(greedy) - 1e-4);
    for (const { id, probability, alternatives } of beams) {
      expect(alternatives).toHaveLength(8);
      const known = alternatives.find(([other]) => other === id);
      if (known) expect(known[1]).toBeCloseTo(probability, 6);
    }
    expect(await ids('whale', { length: 100, beams: 2 })).not.toHaveLength(0); // at most the context
    expect(tf.memory().numTensors).toBe(before);
  });

  test('reads an empty text as an end token, and refuses a too long text with numbers', async () => {
    expect(await ids('')).toEqual(await uncached('', 12));
    await expect(ids('abcdefghijklmnopqr')).rejects.toMatchObject({
      code: 'bad-settings',
      message: 'The input has 19 tokens; this model’s context is 16.',
    });
  });
});
