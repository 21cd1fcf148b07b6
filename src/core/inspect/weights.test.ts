import { beforeAll, expect, test } from 'vitest';
import { inspected, INSPECTED } from '../../testing/inspected';
import { useSingleThreadWasm } from '../../testing/wasm';
import { modelSpec } from '../models';
import { network } from '../models/network';
import { sizeOf } from '../models/spec';
import { weightSummaries } from './weights';

beforeAll(useSingleThreadWasm);

test.each(Object.keys(INSPECTED) as (keyof typeof INSPECTED)[])('%s: every weight is in one summary', async (name) => {
  const { network: net } = await inspected(name);
  const { id, config, vocabulary } = net.choice;
  const found = await weightSummaries(net);
  const table = modelSpec(id).params(config, vocabulary);
  expect([...new Set(found.map((each) => each.name))]).toEqual(Object.keys(table));
  for (const [tensor, { shape }] of Object.entries(table)) {
    const parts = found.filter((each) => each.name === tensor);
    expect(parts.reduce((sum, part) => sum + sizeOf(part.shape), 0)).toBe(sizeOf(shape));
    const values = await net.params[tensor]!.data<'float32'>();
    const squares = values.reduce((sum, x) => sum + x * x, 0);
    expect(parts.reduce((sum, { norm }) => sum + norm ** 2, 0)).toBeCloseTo(squares, Math.max(0, 4 - Math.log10(squares + 1))); // prettier-ignore
    expect(Math.max(...parts.map(({ max }) => max))).toBeCloseTo(Math.max(...values.map((x) => Math.abs(x))), 6);
    for (const {
      spectrum,
      shape: [rows, columns = 0],
      norm,
    } of parts) {
      // prettier-ignore
      expect(spectrum === undefined).toBe(columns === 0);
      if (!spectrum) continue;
      const sum = spectrum.values.reduce((all, x) => all + x * x, 0);
      expect(Math.abs(sum - norm ** 2)).toBeLessThan(1e-6 * Math.max(1, norm ** 2));
      expect(spectrum.effectiveRank).toBeLessThanOrEqual(Math.min(rows!, columns) + 1e-9);
      expect(spectrum.stableRank).toBeLessThanOrEqual(spectrum.effectiveRank ** 2 + 1e-6);
    }
  }
  const layer = await weightSummaries(net, 1);
  expect(layer).toEqual(found.filter((each) => /^\D+\.1\./.test(each.name)));
  expect(layer.length).toBeGreaterThan(0);
  net.dispose();
});

test('an identity has full rank, a matrix of equal rows rank 1', async () => {
  const { network: net } = await inspected('GPT');
  const [name, width] = ['transformer.h.0.mlp.c_proj.weight', 32];
  const values = new Map(
    await Promise.all(
      Object.entries(net.params).map(async ([each, x]) => [each, { shape: x.shape, data: (await x.data<'float32'>()).slice() }] as const), // prettier-ignore
    ),
  );
  const rankOf = async (fill: (at: number) => number): Promise<readonly [stable: number, effective: number]> => {
    const { shape, data } = values.get(name)!;
    const changed = await network(net.choice, new Map([...values, [name, { shape, data: data.map((_, at) => fill(at)) }]])); // prettier-ignore
    const { spectrum } = (await weightSummaries(changed)).find((each) => each.name === name)!;
    changed.dispose();
    return [spectrum!.stableRank, spectrum!.effectiveRank];
  };
  for (const rank of await rankOf((at) => (Math.floor(at / width) === at % width ? 2 : 0))) expect(rank).toBeCloseTo(width, 5); // prettier-ignore
  for (const rank of await rankOf((at) => (at % width) + 1)) expect(rank).toBeCloseTo(1, 3);
  expect(await rankOf(() => 0)).toEqual([0, 0]);
  net.dispose();
});
