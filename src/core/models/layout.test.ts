import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromTheirs, type Layout, type Piece, theirRows, theirShape } from './layout';

const bits = (values: Float32Array): readonly number[] => [
  ...new Uint32Array(values.buffer, values.byteOffset, values.length),
];
const whole = (piece: Piece, shape: readonly number[], data: Float32Array, max: number): Float32Array => {
  const rows = [...theirRows(piece, { shape, data }, max)].map((some) => [...bits(some)]).flat();
  return new Float32Array(Uint32Array.from(rows).buffer);
};

/** Llama's attention and feed-forward with odd sizes: q | k | v with a bias, gate | up. */
function shapesOf(heads: number, kvHeads: number, half: number, width: number, hidden: number) {
  const [q, k] = [heads * 2 * half, kvHeads * 2 * half];
  const shapes = { qkv: [width, q + 2 * k], bias: [q + 2 * k], gateUp: [width, 2 * hidden], table: [hidden, width] };
  const split = (of: string, transposed: boolean, pairs: boolean): Piece[] => [
    { name: `${of}.q`, of, columns: [0, q], transposed, ...(pairs && { pairedHeads: heads }) },
    { name: `${of}.k`, of, columns: [q, q + k], transposed, ...(pairs && { pairedHeads: kvHeads }) },
    { name: `${of}.v`, of, columns: [q + k, q + 2 * k], transposed },
  ];
  const layout = (pairs: boolean): Layout => [
    ...split('qkv', true, pairs),
    ...split('bias', false, pairs),
    { name: 'gate', of: 'gateUp', columns: [0, hidden], transposed: true },
    { name: 'up', of: 'gateUp', columns: [hidden, 2 * hidden] },
    { name: 'first row', of: 'table', rows: [0, 1] },
    ...(hidden > 1 ? [{ name: 'other rows', of: 'table', rows: [1, hidden], transposed: pairs } satisfies Piece] : []),
  ];
  return { shapes, layout };
}

test('a round trip to the external layout and back keeps all bits, for any number of rows at a time', () => {
  const size = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(
      fc.tuple(size, size, size, size, size),
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 2 ** 31 }),
      (sizes, pairs, max, seed) => {
        const { shapes, layout } = shapesOf(...sizes);
        for (const [of, shape] of Object.entries(shapes)) {
          const n = shape.reduce((a, b) => a * b, 1);
          // Any bits, including those of NaN and -0.
          const data = new Float32Array(
            Uint32Array.from({ length: n }, (_, i) => Math.imul(seed + i, 2654435761)).buffer,
          );
          const back = new Float32Array(n);
          let values = 0;
          for (const piece of layout(pairs).filter((one) => one.of === of)) {
            const theirs = whole(piece, shape, data, max);
            expect(theirs.length).toBe(theirShape(piece, shape).reduce((a, b) => a * b, 1));
            fromTheirs(piece, theirs, { shape, data: back });
            values += theirs.length;
          }
          expect(values).toBe(n);
          expect(bits(back)).toEqual(bits(data));
        }
      },
    ),
  );
});

test('transposes a range as computed by hand', () => {
  const data = Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]);
  const piece: Piece = { name: 'k', of: 'qkv', columns: [1, 3], transposed: true };
  expect(theirShape(piece, [2, 4])).toEqual([2, 2]);
  expect([...whole(piece, [2, 4], data, 1)]).toEqual([1, 5, 2, 6]);
});

test("interleaves a head's rows as llama.cpp's converter: (heads, 2, half) to (heads, half, 2)", () => {
  const data = Float32Array.from({ length: 12 }, (_, i) => i); // two heads of six
  const piece: Piece = { name: 'q', of: 'q', pairedHeads: 2 };
  expect([...whole(piece, [12, 1], data, 5)]).toEqual([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
  expect([...whole(piece, [12], data, 5)]).toEqual([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
});

test('reads unchanged tensors without a copy', () => {
  const data = new Float32Array(12);
  for (const rows of theirRows({ name: 'a', of: 'a', rows: [1, 3] }, { shape: [4, 3], data }, 3))
    expect(rows.buffer).toBe(data.buffer);
});

test('refuses a missing part', () => {
  expect(() => theirShape({ name: 'q', of: 'a', columns: [2, 5] }, [2, 4])).toThrow('q doesn’t fit into [2, 4]');
  expect(() => theirShape({ name: 'q', of: 'a', pairedHeads: 2 }, [6, 4])).toThrow(
    '6 rows of q are no pairs in 2 heads',
  );
});
