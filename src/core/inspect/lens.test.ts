import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { inspected, INSPECTED } from '../../testing/inspected';
import { useSingleThreadWasm } from '../../testing/wasm';
import { forwardOf, kept } from './forward';
import { logitLens } from './lens';
import { passageOf } from './passage';
import { tokenPredictions } from './tokenLoss';

beforeAll(useSingleThreadWasm);

const NAMES = Object.keys(INSPECTED) as (keyof typeof INSPECTED)[];
const TEXTS = { prompt: 'the whale' };

test.each(NAMES)('%s: the lens after the last layer is the output, and no tensor is left', async (name) => {
  const { network, tokenizer } = await inspected(name);
  const passage = await passageOf(network, tokenizer, name === 'T5' ? { ...TEXTS, target: 'fish' } : TEXTS);
  const before = tf.memory().numTensors;
  const lenses = await logitLens(network, tokenizer, passage, { count: 2 });
  expect(tf.memory().numTensors).toBe(before);
  const output = await tokenPredictions(network, tokenizer, passage, { count: 2 });
  expect(lenses).toHaveLength(output.length);
  for (const [i, { answer, depths, firstLeads }] of lenses.entries()) {
    const { loss = 0, entropy, alternatives } = output[i]!;
    const last = depths.at(-1)!;
    expect(depths).toHaveLength(3);
    expect(answer).toBe(alternatives[0]!.id);
    expect(last).toMatchObject({ divergence: 0, answer: { rank: 1 } });
    expect(Math.abs((last.loss ?? 0) - loss)).toBeLessThan(1e-4);
    expect(Math.abs(last.entropy - entropy)).toBeLessThan(1e-4);
    expect(depths[0]!.divergence).toBeGreaterThan(1e-3);
    expect(firstLeads).toBe(depths.findIndex((each) => each.alternatives[0]!.id === answer));
  }
  network.dispose();
});

test('GPT: equals the last norm and the embedding applied to the stream, computed by hand', async () => {
  const { network, tokenizer } = await inspected('GPT');
  const passage = await passageOf(network, tokenizer, TEXTS);
  const { all, hook } = kept((name, x) => (/^blocks\.\d\.out$/.test(name) ? x : undefined));
  tf.tidy(() => void forwardOf(network, passage, { hook }));
  const streams = [await all[0]!.data<'float32'>(), await all[1]!.data<'float32'>()];
  const value = (name: string) => network.params[name]!.data<'float32'>();
  const [gain, bias, table] = [await value('transformer.ln_f.weight'), await value('transformer.ln_f.bias'), await value('transformer.wte.weight')]; // prettier-ignore
  const { width } = network.choice.config;
  const { vocabulary } = network.choice;
  const probabilitiesAt = (layer: number, position: number): number[] => {
    const x = Array.from(streams[layer]!.subarray(position * width, (position + 1) * width));
    const mean = x.reduce((a, b) => a + b) / width;
    const deviation = Math.sqrt(x.reduce((sum, each) => sum + (each - mean) ** 2, 0) / width + 1e-5);
    const normed = x.map((each, c) => ((each - mean) / deviation) * gain[c]! + bias[c]!);
    const scores = Array.from({ length: vocabulary }, (_, id) =>
      normed.reduce((sum, each, c) => sum + each * table[id * width + c]!, 0),
    );
    const highest = Math.max(...scores);
    const sum = scores.reduce((all, score) => all + Math.exp(score - highest), 0);
    return scores.map((score) => Math.exp(score - highest) / sum);
  };
  const lenses = await logitLens(network, tokenizer, passage, { count: 3 });
  for (const [i, { depths, answer }] of lenses.entries()) {
    const [lens, output] = [probabilitiesAt(0, i), probabilitiesAt(1, i)];
    const { divergence, alternatives, answer: own } = depths[1]!;
    for (const { id, probability } of alternatives) expect(Math.abs(lens[id]! - probability)).toBeLessThan(1e-5);
    expect(Math.abs(own.probability - lens[answer]!)).toBeLessThan(1e-5);
    const wanted = output.reduce((sum, p, id) => sum + p * Math.log(p / lens[id]!), 0);
    expect(Math.abs(divergence - wanted)).toBeLessThan(1e-4);
  }
  tf.dispose(all);
  network.dispose();
});
