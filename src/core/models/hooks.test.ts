import { beforeAll, describe, test } from 'vitest';
import { expectLearning, expectReplaced, expectSeen } from '../testing/hooks';
import { HOST_BACKENDS } from '../testing/wasm';

describe.each(HOST_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  test('a hook sees every activation by its name', expectSeen);
  test('a hook replaces what it sees', expectReplaced);
  test('a hook stands in no way of learning', expectLearning);
});
