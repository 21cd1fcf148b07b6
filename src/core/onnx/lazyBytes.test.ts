import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBytes } from '../files/byteSource';
import { chunksOf, field, type LazyBytes, totalLength } from './lazyBytes';
import { propertyRuns } from '../../testing/propertyRuns';

/** A message as a tree: numbers, bytes in memory, bytes in chunks, messages. */
type Tree = readonly (readonly [number: number, value: bigint | Uint8Array | readonly Uint8Array[] | { tree: Tree }])[];

const fieldNumber = fc.integer({ min: 1, max: 2 ** 29 - 1 });
const bytes = fc.uint8Array({ maxLength: 300 });
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.array(
    fc.tuple(
      fieldNumber,
      fc.oneof(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        bytes,
        fc.array(bytes, { maxLength: 4 }),
        fc.record({ tree: tie('tree') }),
      ),
    ),
    { maxLength: 6, depthIdentifier: 'message' },
  ),
}));

const written = (message: Tree): LazyBytes[] =>
  message.flatMap(([number, value]): LazyBytes[] => {
    if (typeof value === 'bigint') return [new BinaryWriter().tag(number, WireType.Varint).int64(value).finish()];
    if (value instanceof Uint8Array) return field(number, [value]);
    if ('tree' in value) return field(number, written(value.tree));
    return field(number, [{ size: value.reduce((n, { length }) => n + length, 0), chunks: () => value }]);
  });

/** Returns what the library's reader finds, guided by the expected tree. */
const read = (reader: BinaryReader, like: Tree): Tree =>
  like.map(([, value]) => {
    const [number, type] = reader.tag();
    if (typeof value === 'bigint') return [number, BigInt(reader.int64())];
    expect(type).toBe(WireType.LengthDelimited);
    if (value instanceof Uint8Array) return [number, reader.bytes().slice()];
    if ('tree' in value) {
      const inner = new BinaryReader(reader.bytes());
      const found = { tree: read(inner, value.tree) };
      expect(inner.pos).toBe(inner.len);
      return [number, found];
    }
    const all = reader.bytes();
    let at = 0;
    return [number, value.map(({ length }) => all.slice(at, (at += length)))];
  });

test('the library’s reader reads all that is written: in memory or in chunks, nested or not', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (message) => {
      const parts = written(message);
      const all = await readBytes({ size: totalLength(parts), chunks: () => chunksOf(parts) });
      const reader = new BinaryReader(all);
      expect(read(reader, message)).toEqual(message);
      expect(reader.pos).toBe(all.length);
    }),
    { numRuns: propertyRuns(500) },
  );
});

test('encodes lengths at every varint boundary', async () => {
  for (const size of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
    const parts = field(9, [{ size, chunks: () => [new Uint8Array(size).fill(7)] }, new Uint8Array(3)]);
    const reader = new BinaryReader(await readBytes({ size: totalLength(parts), chunks: () => chunksOf(parts) }));
    expect(reader.tag()).toEqual([9, WireType.LengthDelimited]);
    expect(reader.bytes()).toHaveLength(size + 3);
    expect(reader.pos).toBe(reader.len);
  }
  // Too large to allocate: only the head, without reading the bytes.
  const [head] = field(9, [{ size: 2 ** 31 - 1, chunks: () => expect.fail('read too early') }]);
  expect([...(head as Uint8Array)]).toEqual([0x4a, 0xff, 0xff, 0xff, 0xff, 0x07]);
});
