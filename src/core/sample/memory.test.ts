import { beforeAll, expect, test } from 'vitest';
import { untrainedT5 } from '../../testing/untrainedModels';
import { useSingleThreadWasm } from '../../testing/wasm';
import { network } from '../models/network';
import { logits } from './logits';
import { memory } from './memory';

beforeAll(useSingleThreadWasm);

test('disposing the memory of a frozen model frees none of its weights', async () => {
  const { info, snapshot } = await untrainedT5();
  const net = await network(info.model, snapshot.tensors, []);
  const scores = async () => {
    const read = memory(net, [3, 1, 4]);
    const values = (await logits(net, [1], undefined, read)).slice();
    read.dispose();
    return values;
  };
  expect(await scores()).toEqual(await scores());
  net.dispose();
});
