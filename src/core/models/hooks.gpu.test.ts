import { beforeAll, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { expectLearning, expectReplaced, expectSeen } from '../testing/hooks';

beforeAll(async () => {
  await openGpu();
});

test('a hook sees every activation by its name, also in what is replayed', expectSeen);
test('a hook replaces what it sees, also in what is replayed', expectReplaced);
test('a hook stands in no way of learning', expectLearning);
