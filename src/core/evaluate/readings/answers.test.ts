import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../../base/job';
import { textMetrics } from '../../metrics/text';
import { scoreOf } from '../../metrics/text/textMetric';
import { initialValues } from '../../models/initial';
import { type Network, network } from '../../models/network';
import { answered } from '../../objectives/answers';
import { classify } from '../../ops/classify';
import { untrainedT5 } from '../../../testing/untrainedModels';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { evaluate } from '../evaluate';
import { evaluationSchema } from '../evaluation';
import { heldPair } from '../heldPairs';
import { targetScores } from '../targetScores';

let tokenizer: Tokenizer;
const nets: Network[] = [];
beforeAll(async () => {
  await tf.setBackend('cpu');
  const t5 = await untrainedT5();
  ({ tokenizer } = t5);
  nets.push(await network(t5.info.model, t5.snapshot.tensors));
  const config = { layers: 1, heads: 1, width: 8, context: 32 };
  const choice = { id: 'gpt', config, vocabulary: tokenizer.size } as const;
  nets.push(await network(choice, initialValues(choice, 1)));
});
const rows = [
  ['one two', 'two one'],
  ['a', 'a'],
  ['the white whale', 'whale'],
];
const pairs = () => rows.map(([input, target]) => heldPair(tokenizer, input!, target!, 'table.csv'));

test.each([0, 1])('targets and answers match the objective, model %i', async (place) => {
  const net = nets[place]!;
  const before = tf.memory().numTensors;
  const counts = new Uint32Array(tokenizer.size).fill(2);
  const found = await evaluate(net, tokenizer, { objective: 'pairs', pairs: pairs(), counts }, unwatched);
  expect(tf.memory().numTensors).toBe(before);
  expect(evaluationSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  const text = ['bleu', 'chrf', 'chrf++', 'ter', 'rouge1', 'rouge2', 'rougeL', 'exactMatch'];
  expect(Object.keys(found.metrics)).toEqual(['loss', 'perplexity', ...text]);
  const given = (await answered(net, tokenizer, pairs())).map(({ given: output, wanted }) => ({
    output,
    wanted: wanted!,
  }));
  expect(found.metrics['chrf']!.value).toBeCloseTo(scoreOf(textMetrics().chrf, given), 8);
  expect(found.baselines['copy']!['exactMatch']).toBeCloseTo(100 / 3);
  expect(found.baselines['unigram']!['perplexity']).toBeCloseTo(found.baselines['uniform']!['perplexity']!, 6);
  expect([found.documents, found.tokens]).toEqual([3, 16]);
  // Scores do not depend on the batch.
  const scores = await targetScores(net, tokenizer, pairs());
  const alone = await targetScores(net, tokenizer, [pairs()[1]!]);
  for (const [i, nats] of alone[0]!.loss.entries()) expect(nats).toBeCloseTo(scores[1]!.loss[i]!, 4);
  const nats = scores.flatMap(({ loss }) => [...loss]);
  expect(found.metrics['loss']!.value).toBeCloseTo(nats.reduce((a, b) => a + b, 0) / 16, 4);
});

test('the likelihood of a target is the product over its tokens and end token', async () => {
  const [net] = nets as [Network];
  const pair = heldPair(tokenizer, 'ab', 'c', '');
  const [scores] = await targetScores(net, tokenizer, [pair]);
  const [c] = pair.target;
  const chances = tf.tidy(() => {
    const source = tf.tensor2d([[...pair.input, tokenizer.endOfText]], undefined, 'int32');
    const ids = tf.tensor2d([[tokenizer.idOf('padding'), c!]], undefined, 'int32');
    const output = net.forward(ids, undefined, { ids: source });
    return tf.softmax(classify(output)).arraySync();
  });
  expect(scores!.loss[0]).toBeCloseTo(-Math.log(chances[0]![c!]!), 4);
  expect(scores!.loss[1]).toBeCloseTo(-Math.log(chances[1]![tokenizer.endOfText]!), 4);
});

test('rejects unsupported evaluations with a message', async () => {
  await expect(evaluate(nets[0]!, tokenizer, { objective: 'pairs', documents: [] }, unwatched)).rejects.toThrow(
    /not a causal model/,
  );
  await expect(evaluate(nets[1]!, tokenizer, { objective: 'pairs' }, unwatched)).rejects.toThrow(
    /no text to evaluate on/,
  );
  const found = await evaluate(
    nets[1]!,
    tokenizer,
    { objective: 'pairs', pairs: pairs(), metrics: ['loss', 'bitsPerByte'] },
    unwatched,
  );
  expect(found.leftOut).toContainEqual({ name: 'bitsPerByte', reason: 'There is no text to evaluate on.' });
});
