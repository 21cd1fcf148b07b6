/** Tests the inputs that a network passes to each kind of architecture. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { type ModelId, MODELS } from '.';
import { gpt } from './gpt/spec';
import { initialValues, network } from './network';
import type { Forward, ModelKind, Params } from './spec';

const seen: string[] = [];
const table = (params: Params): Tensor2D => params['transformer.wte.weight'] as Tensor2D;
const forward: Forward = {
  encode({ params, lengths, hook }, ids) {
    seen.push(`encode ${ids.shape.join(' x ')}, ${lengths ? [...lengths.dataSync()].join(' ') : 'whole'}`);
    const hidden = tf.gather<Tensor2D>(table(params), tf.reshape<tf.Rank.R1>(ids, [-1]));
    return { hidden: hook ? hook('norm', hidden) : hidden, classifier: table(params) };
  },
  decode({ params, hook }, ids, memory) {
    seen.push(`decode ${ids.shape.join(' x ')}${memory ? ` with ${memory.hidden.shape.join(' x ')}` : ''}`);
    const hidden = tf.gather<Tensor2D>(table(params), tf.reshape<tf.Rank.R1>(ids, [-1]));
    return { hidden: hook ? hook('norm', hidden) : hidden, classifier: memory?.classifier ?? table(params) };
  },
};
beforeAll(() => tf.setBackend('cpu'));

test.each<[ModelKind, string[]]>([
  ['decoder', ['decode 1 x 2', 'norm']],
  ['encoder', ['encode 1 x 2, whole', 'norm']],
  ['encoder-decoder', ['encode 1 x 3, 2', 'encoder.norm', 'decode 1 x 2 with 3 x 8', 'norm']],
])('%s', async (kind, calls) => {
  Object.assign(MODELS, { [kind]: { ...gpt, kind, load: () => Promise.resolve({ forward }) } });
  const choice = { id: kind as ModelId, config: { layers: 1, heads: 1, width: 8, context: 4 }, vocabulary: 9 };
  const net = await network(choice, initialValues(choice, 1));
  seen.length = 0;
  tf.tidy(() => {
    const source = { ids: tf.tensor2d([[1, 2, 0]], undefined, 'int32'), lengths: tf.tensor1d([2], 'int32') };
    net.forward(
      tf.tensor2d([[1, 2]], undefined, 'int32'),
      {
        dropout: 0,
        hook(name, x) {
          seen.push(name);
          return x;
        },
      },
      source,
    );
  });
  expect(seen).toEqual(calls);
  net.dispose();
});
