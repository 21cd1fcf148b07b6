import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../../testing/checkOp';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import { losses, recipe, watch } from '../../testing/watchedRun';
import type { TrainEvent } from './run';

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });

  test('averages the weights of the same run without averaging, and evaluates and saves the average', async () => {
    const plain = await watch({ saveEvery: 1, evalEvery: 4 });
    const averaged = await watch({ saveEvery: 1, evalEvery: 4, emaDecay: 0.6 });
    expect(losses(averaged.events)).toEqual(losses(plain.events));
    const names = [...plain.saved[0]!.tensors.keys()].filter((name) => !name.startsWith('adam'));
    const want = new Map(names.map((name) => [name, Float64Array.from(plain.saved[0]!.tensors.get(name)!.data)]));
    for (const [step, { tensors }] of averaged.saved.entries()) {
      const keep = Math.min(0.6, (1 + step) / (10 + step));
      for (const name of names) {
        const weight = plain.saved[step]!.tensors.get(name)!.data;
        expect(tensors.get(`raw.${name}`)!.data).toEqual(weight);
        const average = want.get(name)!;
        if (step > 0) average.forEach((e, i) => (average[i] = keep * e + (1 - keep) * weight[i]!));
        expectClose(tensors.get(name)!.data, average, 1e-5, `${name}, step ${step}`);
      }
    }
    const held = (events: TrainEvent[]) => events.flatMap((e) => (e.kind === 'evaluated' ? [e.loss] : []));
    expect(held(averaged.events)[0]).toBe(held(plain.events)[0]);
    expect(held(averaged.events)[1]).not.toBe(held(plain.events)[1]);
    // A run from the saved average, at a rate near 0, has the same loss: evaluation measures the saved weights.
    const { learningRate: _, ...rest } = recipe;
    const alone = new Map(names.map((name) => [name, averaged.saved.at(-1)!.tensors.get(name)!]));
    const state = { ...averaged.saved.at(-1)!.state, step: 0 };
    const still = await watch({ ...rest, learningRate: 1e-9, steps: 1 }, { from: { state, tensors: alone } });
    expect(held(still.events).at(-1)).toBeCloseTo(held(averaged.events).at(-1)!, 4);
  });

  test('a run without averaging resumes from the raw weights', async () => {
    const averaged = await watch({ emaDecay: 0.9 }, { stopAt: 4 });
    const on = await watch({}, { from: averaged.saved.at(-1)! });
    const plain = await watch({});
    expect([...losses(averaged.events), ...losses(on.events)]).toEqual(losses(plain.events));
    expect(on.saved.at(-1)!.tensors).toEqual(plain.saved.at(-1)!.tensors);
  });
});
