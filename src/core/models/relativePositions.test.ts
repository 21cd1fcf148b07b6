import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectSameAsUncached } from '../../testing/decoding';
import { expectSameComputedAgain, expectSameWithCache, expectSlopes } from '../../testing/relativePositions';
import { toyRelative } from '../../testing/toyRelative';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import type { Hook } from './spec';

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  test("recomputation gives equal bits with a bias shared by all blocks and an encoder's output", async () => {
    const net = await toyRelative('relative-pair');
    await expectSameComputedAgain(net);
    net.dispose();
  });
  test('incremental decoding uses the distances of the whole text, also after the context was full', async () => {
    const net = await toyRelative('relative');
    await expectSameAsUncached(net, 40);
    net.dispose();
  });
  test('incremental decoding works the same with an encoder', async () => {
    const net = await toyRelative('relative-pair');
    await expectSameWithCache(net);
    net.dispose();
  });
});

describe('on cpu', () => {
  beforeAll(() => tf.setBackend('cpu'));

  test("gradients equal numeric slopes, through the shared bias and the encoder's output", async () => {
    const net = await toyRelative('relative-pair');
    await expectSlopes(net);
    net.dispose();
  });
  test('a hook sees both stacks by name', async () => {
    const net = await toyRelative('relative-pair');
    const attention = ['norm', 'qkv', 'heads', 'out'].map((site) => `attention.${site}`);
    const cross = ['norm', 'q', 'kv', 'heads', 'out', 'middle'].map((site) => `cross.${site}`);
    const feeding = ['mlp.norm', 'mlp.inner', 'mlp.out', 'out'];
    const blocks = (of: readonly string[]) => [0, 1].flatMap((i) => of.map((site) => `blocks.${i}.${site}`));
    const stack = (of: readonly string[]) => ['embedding', ...blocks(of), 'norm'];
    const encoder = stack([...attention, 'middle', ...feeding]).map((name) => `encoder.${name}`);
    const seen: Record<string, readonly number[]> = {};
    const hook: Hook = (name, x) => {
      seen[name] = x.shape;
      return x;
    };
    tf.tidy(() => {
      const source = { ids: tf.tensor2d([4, 5, 6, 7], [1, 4], 'int32') };
      net.forward(tf.tensor2d([1, 2, 3], [1, 3], 'int32'), { dropout: 0, hook }, source);
    });
    expect(Object.keys(seen)).toEqual([...encoder, ...stack([...attention, 'middle', ...cross, ...feeding])]);
    expect(seen['encoder.blocks.1.attention.qkv']).toEqual([4, 36]);
    expect(seen['blocks.1.cross.q']).toEqual([3, 12]);
    expect(seen['blocks.1.cross.kv']).toEqual([4, 24]);
    net.dispose();
  });
  test("a hook that zeroes a block's view of the encoder equals weights of 0", async () => {
    const [net, silent] = [await toyRelative('relative-pair'), await toyRelative('relative-pair')];
    tf.tidy(() => silent.params['decoder.1.cross.out.weight']!.assign(tf.zeros([12, 12])));
    const hiddenOf = (of: typeof net, isSilenced: boolean): number[] =>
      tf.tidy(() => {
        const hook = (name: string, x: Tensor2D): Tensor2D =>
          isSilenced && name === 'blocks.1.cross.out' ? tf.zerosLike(x) : x;
        const source = { ids: tf.tensor2d([[4, 5, 6, 7]], undefined, 'int32') };
        return [
          ...of.forward(tf.tensor2d([[1, 2, 3]], undefined, 'int32'), { dropout: 0, hook }, source).hidden.dataSync(),
        ];
      });
    expect(hiddenOf(net, true)).toEqual(hiddenOf(silent, false));
    expect(hiddenOf(net, true)).not.toEqual(hiddenOf(net, false));
    for (const each of [net, silent]) each.dispose();
  });
});
