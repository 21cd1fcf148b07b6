import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HomegrownError } from '../base/errors';
import { bytesSource, readBytes } from '../files/byteSource';
import { openSafetensors, writeSafetensors } from './safetensors';
import { firstNonFinite, type HostTensor, type NamedTensors } from './tensors';
import { propertyRuns } from '../../testing/propertyRuns';

const tensor = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape): fc.Arbitrary<HostTensor> => {
  const length = shape.reduce((a, b) => a * b, 1);
  return fc
    .array(fc.float(), { minLength: length, maxLength: length })
    .map((values) => ({ shape, data: Float32Array.from(values) }));
});
const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'transformer.h.0.ln_1.weight', '"', '\\', 'é', '名'),
  fc.string({ minLength: 1, maxLength: 12 }).filter((s) => s !== '__metadata__'),
);
const tensors = fc
  .uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 5 })
  .map((entries): NamedTensors => new Map(entries));

async function readAll(bytes: Uint8Array): Promise<NamedTensors> {
  const file = await openSafetensors(bytesSource(bytes), 'model.safetensors');
  const all = new Map<string, HostTensor>();
  for (const key of file.entries.keys()) all.set(key, await file.load(key));
  return all;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** File with the given header and number of data bytes. */
function fileOf(header: string | Uint8Array, dataBytes = 0, length?: bigint): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const one = (fields: string, dataBytes: number): Uint8Array => fileOf(`{"a":{${fields}}}`, dataBytes);

async function refusal(bytes: Uint8Array): Promise<HomegrownError> {
  try {
    await readAll(bytes);
  } catch (error) {
    if (error instanceof HomegrownError && error.code === 'bad-file') return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test('reads back written tensors bit for bit, under any name', async () => {
  await fc.assert(
    fc.asyncProperty(tensors, async (original) => {
      const stream = writeSafetensors('x', original);
      const bytes = await readBytes(stream);
      expect(bytes.length).toBe(stream.size);
      const read = await readAll(bytes);
      expect([...read.keys()]).toEqual([...original.keys()]);
      for (const [key, { shape, data }] of original) {
        expect(read.get(key)!.shape).toEqual(shape);
        expect(new Uint8Array(read.get(key)!.data.buffer)).toEqual(new Uint8Array(data.buffer));
      }
    }),
    { numRuns: propertyRuns(500) },
  );
});

test('writes the layout that other readers need: aligned header, contiguous ascending offsets, format pt', async () => {
  const a = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const bytes = await readBytes(
    writeSafetensors(
      'x',
      new Map([
        ['a', a],
        ['b', { shape: [1], data: Float32Array.of(7) }],
      ]),
      { k: 'v' },
    ),
  );
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
    __metadata__: { format: 'pt', 'homegrown.tensors.sha256': sha256(bytes.subarray(8 + length)), k: 'v' },
    a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
    b: { dtype: 'F32', shape: [1], data_offsets: [24, 28] },
  });
});

test('converts F16 and BF16 to f32', async () => {
  const f16 = one('"dtype":"F16","shape":[6],"data_offsets":[0,12]', 12);
  f16.set(new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x7bff, 0x3555).buffer), f16.length - 12);
  expect([...(await readAll(f16)).get('a')!.data]).toEqual([1, -2, 2 ** -24, Infinity, 65504, 0.333251953125]);
  const bf16 = one('"dtype":"BF16","shape":[3],"data_offsets":[0,6]', 6);
  bf16.set(new Uint8Array(Uint16Array.of(0x3f80, 0xc000, 0x7f80).buffer), bf16.length - 6);
  expect([...(await readAll(bf16)).get('a')!.data]).toEqual([1, -2, Infinity]);
});

test('finds the first value that is not finite', () => {
  const of = (...values: number[]): NamedTensors =>
    new Map([['w', { shape: [values.length], data: Float32Array.from(values) }]]);
  expect(firstNonFinite(of(3e38, 3e38, -3e38))).toBeUndefined();
  expect(firstNonFinite(of(1, NaN))).toBe('w[1]');
  expect(firstNonFinite(of(1, Infinity, -Infinity))).toBe('w[1]');
});

describe('rejects hostile and damaged files with their name', () => {
  const f32 = (shape: string, from: string, to: string): string =>
    `"dtype":"F32","shape":[${shape}],"data_offsets":[${from},${to}]`;
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /it has 0 bytes/],
    ['short', new Uint8Array(7), /has at least 10/],
    ['header longer than the file', fileOf('{}', 0, 100n), /header has 100 bytes, more than the file of 10/],
    ['header of 2^63', fileOf('{}', 0, 1n << 63n), /the maximum is 100000000/],
    ['header of nothing', fileOf('{}', 0, 0n), /header has 0 bytes/],
    ['not an object', fileOf('[]'), /does not start with \{/],
    ['bad UTF-8', fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)), /UTF-8/],
    ['truncated', fileOf('{"a"'), /not :/],
    ['trailing', fileOf('{} x'), /not its end/],
    ['deep', fileOf(`{"a":${'['.repeat(1_000_000)}`), /not \{/],
    ['tensor twice', fileOf(`{"a":{${f32('', '0', '4')}},"a":{${f32('', '0', '4')}}}`, 4), /tensor "a" twice/],
    ['field twice', one(`${f32('', '0', '4')},"dtype":"F16"`, 4), /repeated field "dtype"/],
    ['metadata twice', fileOf('{"__metadata__":{"a":"1","a":"2"}}'), /"a" twice/],
    ['two metadatas', fileOf('{"__metadata__":{},"__metadata__":{}}'), /__metadata__ twice/],
    ['metadata number', fileOf('{"__metadata__":{"a":1}}'), /not a string/],
    ['no dtype', one('"shape":[],"data_offsets":[0,4]', 4), /lacks its dtype/],
    ['one offset', one('"dtype":"F32","shape":[],"data_offsets":[4]', 4), /two data_offsets/],
    ['three offsets', one('"dtype":"F32","shape":[],"data_offsets":[0,4,8]', 4), /at most 2/],
    ['fraction', one(f32('1.5', '0', '4'), 4), /not an integer/],
    ['exponent', one(f32('1e0', '0', '4'), 4), /not an integer/],
    ['negative', one(f32('1', '-4', '0'), 4), /not an integer/],
    ['above 2^53', one(f32('1', '0', '9007199254740993'), 4), /below 2\^53/],
    ['1000 digits', one(f32('9'.repeat(1000), '0', '4'), 4), /not an integer/],
    ['hole', fileOf(`{"a":{${f32('1', '0', '4')}},"b":{${f32('1', '8', '12')}}}`, 12), /should start at 4/],
    ['overlap', fileOf(`{"a":{${f32('1', '0', '4')}},"b":{${f32('1', '2', '6')}}}`, 6), /should start at 4/],
    ['backwards', one(f32('0', '4', '0'), 4), /bytes 4 to 0/],
    ['end beyond the file', one(f32('2', '0', '8'), 4), /end at byte 8 of 4/],
    ['bytes left over', one(f32('1', '0', '4'), 8), /end at byte 4 of 8/],
    ['shape too large', one(f32('2', '0', '4'), 4), /needs 8 bytes and has 4/],
    ['product overflow', one(f32('4294967296,4294967296,1073741824', '0', '4'), 4), /needs \d{20,} bytes/],
    ['rank 9', one(f32('1,1,1,1,1,1,1,1,1', '0', '4'), 4), /at most 8/],
    ['unknown type', one('"dtype":"I4","shape":[2],"data_offsets":[0,1]', 1), /unknown type I4/],
    ['unreadable type', one('"dtype":"F64","shape":[1],"data_offsets":[0,8]', 8), /tensor a is F64/],
    ['long name', fileOf(`{"${'x'.repeat(1_000_000)}":{${f32('', '0', '4')}}}`, 4), /longer than 1024/],
    ['control character', fileOf(`{"a\\u0000":{${f32('', '0', '4')}}}`, 4), /control characters/],
    ['bad escape', fileOf('{"\\x":1}'), /not a string/],
  ];
  test.each(cases)('%s', async (_, bytes, message) => {
    const error = await refusal(bytes);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('model.safetensors');
    expect(error.remedy).toBeTruthy();
    expect(error.message.length).toBeLessThan(400);
  });
  test('a file that shrinks while it is read', async () => {
    const bytes = await readBytes(writeSafetensors('x', new Map([['a', { shape: [1], data: Float32Array.of(1) }]])));
    const source = {
      size: bytes.length,
      read: (at: number, n: number) => Promise.resolve(bytes.subarray(at, at + n - (at > 8 ? 1 : 0))),
    };
    const file = await openSafetensors(source, 'x');
    await expect(file.load('a')).rejects.toThrow(/3 of 4 bytes/);
  });
});

test('any mutation of a valid file gives tensors or a typed error', async () => {
  const valid = await readBytes(
    writeSafetensors(
      'x',
      new Map(['a', 'b', '__proto__'].map((key) => [key, { shape: [2, 2], data: new Float32Array(4) }])),
    ),
  );
  const edit = fc.record({
    at: fc.nat(valid.length - 1),
    how: fc.constantFrom('set', 'delete', 'insert', 'repeat'),
    byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...new TextEncoder().encode('{}[]",:0192-eF'))),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      let bytes = [...valid];
      for (const { at, how, byte } of edits) {
        if (how === 'set') bytes[at] = byte;
        else if (how === 'delete') bytes.splice(at, 1);
        else if (how === 'insert') bytes.splice(at, 0, byte);
        else bytes = [...bytes.slice(0, at), ...bytes];
      }
      try {
        const read = await readAll(Uint8Array.from(bytes));
        for (const { data } of read.values()) expect(data.byteLength).toBeLessThanOrEqual(2 * bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(HomegrownError);
      }
    }),
    { numRuns: propertyRuns(20_000) },
  );
});
