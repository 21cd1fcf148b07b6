import { beforeAll, describe, test } from 'vitest';
import { expectLearning, expectReplaced, expectSeen, LOOKED_AT } from '../../testing/hooks';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  describe.each(Object.entries(LOOKED_AT))('%s', (_name, looked) => {
    test('a hook sees every activation by its name', () => expectSeen(looked));
    test('a hook replaces activations', () => expectReplaced(looked));
    test("a hook doesn't prevent training", () => expectLearning(looked));
  });
});
