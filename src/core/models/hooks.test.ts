import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, test } from 'vitest';
import { expectLearning, expectReplaced, expectSeen } from '../testing/hooks';
import { useWasm } from '../testing/wasm';

describe.each([
  ['cpu', () => tf.setBackend('cpu')],
  ['wasm', useWasm],
])('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  test('a hook sees every activation by its name', expectSeen);
  test('a hook replaces what it sees', expectReplaced);
  test('a hook stands in no way of learning', expectLearning);
});
