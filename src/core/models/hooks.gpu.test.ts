import { beforeAll, describe, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { expectLearning, expectReplaced, expectSeen, LOOKED_AT } from '../../testing/hooks';

beforeAll(async () => {
  await openGpu();
});

describe.each(Object.entries(LOOKED_AT))('%s', (_, looked) => {
  test('a hook sees every activation by its name, also in what is replayed', () => expectSeen(looked));
  test('a hook replaces what it sees, also in what is replayed', () => expectReplaced(looked));
  test('a hook stands in no way of learning', () => expectLearning(looked));
});
