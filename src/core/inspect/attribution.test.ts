import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { inductionModel } from '../../testing/inductionModel';
import { inspected, INSPECTED } from '../../testing/inspected';
import { untrainedClassifier } from '../../testing/untrainedModels';
import { useSingleThreadWasm } from '../../testing/wasm';
import { network, type Network } from '../models/network';
import { logits } from '../sample/logits';
import { createTokenizer } from '../tokenizer/byteLevel';
import { attribute, type Attribution, type Explained, METHODS } from './attribution';
import { explanation } from './explanation';
import { forwardOf } from './forward';
import { passageOf } from './passage';

beforeAll(useSingleThreadWasm);

const NAMES = Object.keys(INSPECTED) as (keyof typeof INSPECTED)[];
const sum = (values: readonly number[] = []): number => values.reduce((a, b) => a + b, 0);
const total = ({ ids, source }: Attribution['methods']['leaveOneOut']): number => sum(ids) + sum(source);

async function explainedBy(name: keyof typeof INSPECTED) {
  const { network: net, tokenizer } = await inspected(name);
  const text = name === 'T5' ? { prompt: 'whale', target: 'fish' } : { prompt: name === 'BERT' ? 'the [MASK]hale' : 'the whale' }; // prettier-ignore
  const passage = await passageOf(net, tokenizer, text);
  return { net, tokenizer, ...(await explanation(net, tokenizer, passage, {})) };
}

describe.each(NAMES)('%s', (name) => {
  test('integrated gradients sum to the difference of the logits within 1 %, and no tensor is left', async () => {
    const { net, tokenizer, explained } = await explainedBy(name);
    const before = tf.memory().numTensors;
    const found = await attribute(net, tokenizer, explained);
    expect(tf.memory().numTensors).toBe(before);
    const difference = found.logit - found.baselineLogit;
    expect(Math.abs(difference)).toBeGreaterThan(0.1);
    expect(Math.abs(total(found.methods.integratedGradients) - difference)).toBeLessThan(0.01 * Math.abs(difference));
    expect(found.gap).toBeCloseTo(Math.abs(total(found.methods.integratedGradients) - difference), 6);
    net.dispose();
  });

  test('the logit is the output’s highest, and leave-one-out equals passes with other ids', async () => {
    const { net, tokenizer, explained } = await explainedBy(name);
    const found = await attribute(net, tokenizer, explained);
    const scores = async ({ ids, source, place }: Explained): Promise<Float32Array> => {
      const encoder = source && tf.tensor2d([...source], [1, source.length], 'int32');
      return logits(net, ids, [place + 1], encoder && { ids: encoder });
    };
    const all = await scores(explained);
    expect(explained.output).toBe(all.indexOf(Math.max(...all)));
    expect(found.logit).toBeCloseTo(Math.max(...all), 3);
    const at = 2;
    const changed = { ...explained, ids: explained.ids.with(at, found.baseline) };
    const fall = found.logit - (await scores(changed))[explained.output]!;
    expect(found.methods.leaveOneOut.ids[at]).toBeCloseTo(fall, 3);
    if (explained.source) {
      const source = explained.source.with(at, found.baseline);
      const fallOfSource = found.logit - (await scores({ ...explained, source }))[explained.output]!;
      expect(found.methods.leaveOneOut.source![at]).toBeCloseTo(fallOfSource, 3);
    }
    for (const { correlation } of found.agreement) expect(Math.abs(correlation)).toBeLessThanOrEqual(1 + 1e-12);
    net.dispose();
  });
});

/** Logit with one number of the stream before the first layer moved by `step`. */
async function nudged(
  net: Network,
  { ids, place, output }: Explained,
  [token, column]: readonly [number, number],
  step: number,
) {
  // prettier-ignore
  const score = tf.tidy(() => {
    const { hidden, classifier } = forwardOf(net, { ids }, {
      hook: (name, x) => {
        if (name !== 'embedding') return x;
        const delta = new Float32Array(x.size);
        delta[token * x.shape[1] + column] = step;
        return tf.add(x, tf.tensor2d(delta, x.shape));
      },
    });
    return tf.sum(tf.mul(tf.gather(hidden, [place]), tf.gather(classifier, [output])));
  });
  const [value] = await score.data<'float32'>();
  score.dispose();
  return value!;
}

test('GPT: gradient × input equals finite differences', async () => {
  const { net, tokenizer, explained } = await explainedBy('GPT');
  const found = await attribute(net, tokenizer, explained);
  const { width } = net.choice.config;
  const [ids, positions] = [await net.params['transformer.wte.weight']!.data(), await net.params['transformer.wpe.weight']!.data()]; // prettier-ignore
  for (const token of [1, 5]) {
    let wanted = 0;
    for (let column = 0; column < width; column++) {
      const x = ids[explained.ids[token]! * width + column]! + positions[token * width + column]!;
      const [up, down] = [await nudged(net, explained, [token, column], 2e-3), await nudged(net, explained, [token, column], -2e-3)]; // prettier-ignore
      wanted += (x * (up - down)) / 4e-3;
    }
    expect(Math.abs(found.methods.gradientInput.ids[token]! - wanted)).toBeLessThan(
      0.02 * Math.max(1, Math.abs(wanted)),
    );
  }
  net.dispose();
});

test('tokens after the prediction and special tokens have 0', async () => {
  const { network: net, tokenizer } = await inspected('GPT');
  const passage = await passageOf(net, tokenizer, { prompt: 'the whale' });
  const { methods } = await attribute(
    net,
    tokenizer,
    (await explanation(net, tokenizer, passage, { position: 4 })).explained,
  );
  for (const method of METHODS) {
    expect(methods[method].ids.slice(5).every((value) => value === 0)).toBe(true);
    expect(methods[method].ids.slice(0, 5).some((value) => value !== 0)).toBe(true);
  }
  net.dispose();
});

test('a classifier: its label is explained by the words that it reads', async () => {
  const { info, snapshot, tokenizer } = await untrainedClassifier('bert');
  const net = await network(info.model, snapshot.tensors);
  const passage = await passageOf(net, tokenizer, { prompt: 'whale' });
  const { explained } = await explanation(net, tokenizer, passage, { target: 'B' });
  expect(explained).toMatchObject({ place: 0, output: 1 });
  const { logit, baselineLogit, methods } = await attribute(net, tokenizer, explained);
  expect(Math.abs(total(methods.integratedGradients) - (logit - baselineLogit))).toBeLessThan(0.01 * Math.abs(logit - baselineLogit)); // prettier-ignore
  expect(methods.leaveOneOut.ids[0]).toBe(0);
  await expect(explanation(net, tokenizer, passage, { target: 'D' })).rejects.toThrow(
    'The classifier has no label “D”',
  );
  net.dispose();
});

test('an induction model repeats a token because of its first copy', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const { choice, values } = inductionModel(tokenizer.size, { predicts: true });
  const net = await network(choice, values);
  const passage = await passageOf(net, tokenizer, { prompt: 'qwertyuioqwert' });
  const { explained } = await explanation(net, tokenizer, passage, {});
  expect(explained.output).toBe(tokenizer.encode('y')[0]);
  const { methods } = await attribute(net, tokenizer, explained);
  const { ids } = methods.leaveOneOut;
  // The first t and the y after it, and the t at the end that looks for them.
  const order = [...ids.keys()].sort((a, b) => ids[b]! - ids[a]!);
  expect(order.slice(0, 3).sort((a, b) => a - b)).toEqual([4, 5, 13]);
  net.dispose();
});
