import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { initialValues, type Network, network } from '../models/network';
import { contextWindow } from './contextWindow';
import { generate } from './generate';
import { logits } from './logits';
import { TRAINING_SAMPLE } from './trainingSample';

const context = 20;
const choice = { id: 'gpt', config: { layers: 1, heads: 2, width: 8, context }, vocabulary: 13 } as const;
const settings = { temperature: 1, topK: 0, topP: 1, seed: 5, length: 30 };
let net: Network;
beforeAll(async () => {
  await tf.setBackend('cpu');
  const large = new Map(
    [...initialValues(choice, 1)].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => 20 * x) }]),
  );
  net = await network(choice, large);
});
async function ids(change: Partial<typeof settings> = {}, prompt = [1, 2, 3]): Promise<number[]> {
  const found: number[] = [];
  for await (const { id } of generate(net, prompt, { ...settings, ...change }, unwatched)) found.push(id);
  return found;
}

test('the same seed gives the same tokens, and another seed gives others', async () => {
  const first = await ids();
  expect(first.length).toBe(30);
  expect(await ids()).toEqual(first);
  expect(await ids({ seed: 6 })).not.toEqual(first);
});
test('a small change of a model changes few tokens of its sample', async () => {
  const changed = (scale: number, change: number): Promise<Network> =>
    network(
      choice,
      new Map(
        [...initialValues(choice, 1)].map(([name, { shape, data }]) => [
          name,
          { shape, data: data.map((x, i) => scale * x * (1 + change * Math.sin(i + name.length))) },
        ]),
      ),
    );
  const sampleOf = async (model: Network): Promise<number[]> => {
    const found: number[] = [];
    const sampling = { ...TRAINING_SAMPLE, length: 60 };
    for await (const { id } of generate(model, [1, 2, 3], sampling, unwatched)) found.push(id);
    return found;
  };
  for (const scale of [1, 3]) {
    const before = await sampleOf(await changed(scale, 0));
    const after = await sampleOf(await changed(scale, 0.01));
    expect(before.filter((id, i) => id !== after[i]).length).toBeLessThan(12);
  }
});
test('greedy decoding takes the highest score each time', async () => {
  const tokens = [1, 2, 3];
  for (let i = 0; i < 30; i++) {
    const scores = (await logits(net, contextWindow(tokens, context))).slice(-13);
    tokens.push(scores.indexOf(Math.max(...scores)));
  }
  expect(await ids({ temperature: 0 })).toEqual(tokens.slice(3));
});
test('a stop ends generation between tokens, and leaks nothing', async () => {
  const before = tf.memory().numTensors;
  const abort = new AbortController();
  const found: number[] = [];
  for await (const { id } of generate(net, [1], settings, abort)) {
    found.push(id);
    if (found.length === 4) abort.abort();
  }
  expect(found.length).toBe(4);
  expect(tf.memory().numTensors).toBe(before);
});
test('refuses an empty prompt with a message', async () => {
  await expect(ids({}, [])).rejects.toMatchObject({ code: 'bad-settings' });
});
