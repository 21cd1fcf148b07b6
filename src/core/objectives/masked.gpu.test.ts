import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { loadObjective } from '.';
import { evaluator } from '../evaluate/evaluator';
import { openGpu } from '../gpu/backend';
import { modelSpec } from '../models';
import { initialValues, network } from '../models/network';
import { usualConfig } from '../models/spec';
import { tokenSource } from '../../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';

test('an evaluation traced for a GPU matches the reference, including accuracy', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles: ['end', 'mask'] });
  const source = tokenSource(tokenizer.encode('Call me Ishmael. Some years ago. '.repeat(30)), tokenizer.size);
  const config = usualConfig(modelSpec('bert'), { layers: 1, heads: 2, width: 8, context: 24 });
  const choice = { id: 'bert' as const, config, vocabulary: tokenizer.size };
  async function measured() {
    const net = await network(choice, initialValues(choice, 1));
    const { measure, dispose } = evaluator(net, await loadObjective('masked', { maskRate: 0.3, wholeWords: true }));
    const result = await measure(source, { rows: 4, tokens: 800 }, tokenizer);
    dispose();
    net.dispose();
    return result;
  }
  await tf.setBackend('cpu');
  const want = await measured();
  const gpu = await openGpu();
  const got = await measured();
  gpu.check();
  expect(got.loss).toBeCloseTo(want.loss, 5);
  expect(got.metrics['maskedAccuracy']).toEqual(want.metrics['maskedAccuracy']);
});
