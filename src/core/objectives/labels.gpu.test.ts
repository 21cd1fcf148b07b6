import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { evaluate } from '../evaluate/evaluate';
import { decided } from '../evaluate/decided';
import { heldText } from '../evaluate/heldTexts';
import { unwatched } from '../base/job';
import { type Gpu, openGpu } from '../gpu/backend';
import { modelSpec } from '../models';
import { usualPooling, withClasses } from '../models/classes';
import { initialValues, type ModelChoice, network } from '../models/network';
import { type Pooling, usualConfig } from '../models/spec';
import { textSource } from '../../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';
import { learner } from '../train/learner';
import { DEFAULT_RECIPE } from '../train/recipe';
import { train } from '../train/train';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const [CONTEXT, STEPS] = [24, 6];
const texts = Array.from({ length: 30 }, (_, i) => `${'it ran up a hill by the sea '.slice(i % 11, 9 + (i % 17))}${i}`);
const LABELS = ['a', 'b', 'c'];
const source = textSource(tokenizer, texts, texts.map((_, i) => LABELS[i % 3]!)); // prettier-ignore
const recipe = {
  ...DEFAULT_RECIPE,
  objective: 'labels',
  ...{ steps: STEPS, batch: 3, warmup: 2, dropout: 0.1, attentionDropout: 0.2, evalEvery: STEPS, saveEvery: STEPS },
  classWeights: true,
} as const;

function choiceOf(id: 'bert' | 'gpt' | 'llama', pooling: Pooling = usualPooling({ id })!): ModelChoice {
  const config = usualConfig(modelSpec(id), { layers: 2, heads: 2, width: 16, context: CONTEXT });
  return withClasses({ id, config, vocabulary: tokenizer.size }, { labels: LABELS, pooling });
}

async function losses(model: ModelChoice): Promise<number[]> {
  const all: number[] = [];
  await train(
    {
      ...{ tokenizer, model, recipe, train: source, validation: source, now: () => 0 },
      save: () => Promise.resolve({ bytes: 0 }),
    },
    {
      signal: unwatched.signal,
      report(event) {
        if (event.kind === 'step') all.push(event.loss);
        if (event.kind === 'evaluated') all.push(event.loss);
      },
    },
  );
  return all;
}

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

test.each(['bert', 'gpt', 'llama'] as const)(
  '%s: losses of steps and evaluations equal those on the processor, and are the same each time',
  async (id) => {
    for (const pooling of [undefined, 'mean'] as const) {
      await tf.setBackend('webgpu');
      const model = choiceOf(id, pooling);
      const [got, again] = [await losses(model), await losses(model)];
      gpu.check();
      expect(again).toEqual(got);
      await tf.setBackend('cpu');
      const want = await losses(model);
      expect(got.length).toBeGreaterThan(STEPS);
      expect(got).toHaveLength(want.length);
      got.forEach((loss, i) => expect(Math.abs(loss / want[i]! - 1), `${i}`).toBeLessThan(5e-5));
    }
  },
);

test.each(['bert', 'llama'] as const)('%s: predictions equal those on the processor', async (id) => {
  const model = choiceOf(id);
  const labeled = texts.map((text, i) => heldText(tokenizer, { text, label: LABELS[i % 3]! }, i, ''));
  const evaluated = async () => {
    const net = await network(model, initialValues(model, 2));
    const found = await evaluate(net, tokenizer, { objective: 'labels', labeled }, unwatched);
    const words = await decided(net, tokenizer, texts[7]!, 1);
    net.dispose();
    return { found, words };
  };
  await tf.setBackend('cpu');
  const want = await evaluated();
  await tf.setBackend('webgpu');
  const got = await evaluated();
  gpu.check();
  expect(got.found.labelled!.given).toEqual(want.found.labelled!.given);
  for (const [i, sure] of got.found.labelled!.sure.entries())
    expect(sure).toBeCloseTo(want.found.labelled!.sure[i]!, 4);
  for (const [i, { text, score }] of got.words.words.entries()) {
    expect(text).toBe(want.words.words[i]!.text);
    expect(score).toBeCloseTo(want.words.words[i]!.score, 4);
  }
});

test.each([
  ['bert', 87],
  ['gpt', 71],
  ['llama', 77],
] as const)('%s: a step has a fixed number of dispatches', async (id, dispatches) => {
  await tf.setBackend('webgpu');
  const model = choiceOf(id);
  const learning = await learner(
    model,
    { ...recipe, dropout: 0, attentionDropout: 0 },
    initialValues(model, 1),
    () => 0,
  );
  const { cost } = learning;
  learning.dispose();
  expect(cost).toMatchObject({ dispatches });
});
