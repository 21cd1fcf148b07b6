import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { unwatched } from '../core/base/job';
import type { ModelChoice } from '../core/models/network';
import { initialValues, network } from '../core/models/network';
import { logits } from '../core/sample/logits';
import { ourLogits, trainedModels } from '../core/testing/trainedModel';
import { gpt, workspaceOf } from '../core/models/gpt/page';
import { BLOCK, type Reader } from '../core/models/page';
import type { Kernels } from '../core/models/page';
import { plainKernels } from './kernels';
import { simdKernels } from './simdKernels';
import { nextScores } from './nextScores';

const size = (values: ReadonlyMap<string, { data: Float32Array }>): number =>
  [...values.values()].reduce((sum, { data }) => sum + data.length, 0);

function reader(
  model: ModelChoice,
  values: ReadonlyMap<string, { data: Float32Array }>,
  make: (floats: number) => Kernels,
): Reader {
  const kernels = make(size(values) + workspaceOf(model));
  const held = new Map(
    [...values].map(([name, { data }]) => {
      const array = kernels.floats(data.length);
      array.set(data);
      return [name, array] as const;
    }),
  );
  return gpt(model, (name) => held.get(name)!, kernels);
}

/** Largest difference from the app's own scores, at every place, read in blocks of a length. */
function difference(read: Reader, ids: readonly number[], expected: Float32Array, block: number): number {
  let worst = 0;
  for (let at = 0; at < ids.length; at += block) {
    const some = ids.slice(at, at + block);
    read.read(some, at);
    const scores = read.scores();
    const row = (at + some.length - 1) * scores.length;
    for (const [i, score] of scores.entries()) worst = Math.max(worst, Math.abs(score - expected[row + i]!));
  }
  return worst;
}

beforeAll(() => tf.setBackend('cpu'));

describe('scores are those of the app', () => {
  test('for trained models, within 1e-4', async () => {
    for (const model of await trainedModels()) {
      const weights = new Map([...model.snapshot.tensors].filter(([name]) => name.startsWith('transformer.')));
      const ids = [...(await model.tokens!.validation.read(0, model.info.model.config.context))];
      const expected = await ourLogits(model, ids);
      for (const make of [simdKernels, () => plainKernels]) {
        for (const block of [1, 7, BLOCK]) {
          expect(difference(reader(model.info.model, weights, make), ids, expected, block)).toBeLessThan(1e-4);
        }
      }
    }
  });

  test('for a width that is no multiple of eight, in plain JavaScript', async () => {
    const model: ModelChoice = { id: 'gpt', config: { layers: 2, heads: 3, width: 12, context: 10 }, vocabulary: 17 };
    const values = new Map(
      [...initialValues(model, 1)].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => 10 * x) }]),
    );
    const net = await network(model, values);
    const ids = [1, 16, 5, 5, 0, 9, 3, 2, 8, 11];
    expect(
      difference(
        reader(model, values, () => plainKernels),
        ids,
        await logits(net, ids),
        4,
      ),
    ).toBeLessThan(1e-4);
    net.dispose();
  });
});

test('what is held is not read again, and never taken for another text', async () => {
  const reads: [number, number][] = [];
  let last = -1;
  const recorder: Reader = {
    read: (ids, from) => {
      reads.push([from, ids.length]);
      last = ids.at(-1)!;
    },
    scores: () => Float32Array.of(last),
  };
  const next = nextScores(recorder, 4);
  const ask = (ids: number[]) => next(ids, unwatched.signal);
  expect(await ask([1, 2, 3])).toEqual(Float32Array.of(3));
  expect(await ask([1, 2, 3, 4])).toEqual(Float32Array.of(4));
  await ask([1, 2, 3, 4, 5]); // lets go of two
  await ask([3, 4, 9]);
  await ask([3, 4, 9]); // the last is read again for its scores
  expect(reads).toEqual([[0, 3], [3, 1], [0, 3], [2, 1], [2, 1]]); // prettier-ignore
  expect(await next([7], AbortSignal.abort())).toBeNull();
});
