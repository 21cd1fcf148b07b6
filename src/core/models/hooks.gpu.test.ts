import { beforeAll, describe, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { expectLearning, expectReplaced, expectSeen, LOOKED_AT } from '../../testing/hooks';

beforeAll(async () => {
  await openGpu();
});

describe.each(Object.entries(LOOKED_AT))('%s', (_, looked) => {
  test('a hook sees every activation by its name, also in replays', () => expectSeen(looked));
  test('a hook replaces activations, also in replays', () => expectReplaced(looked));
  test("a hook doesn't prevent training", () => expectLearning(looked));
});
