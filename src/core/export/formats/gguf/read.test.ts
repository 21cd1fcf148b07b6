/** External GGUF files: their header, their tensors, and refusals. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HomegrownError } from '../../../base/errors';
import { bytesSource, type ByteSource } from '../../../files/byteSource';
import { GGUF_DECODERS } from './decode';
import { openGguf } from './read';
import { type GgufHeader, i32s, string, strings, u32, writeHeader } from './header';
import { propertyRuns } from '../../../../testing/propertyRuns';

const keys = {
  'general.architecture': string('gpt2'),
  'x.count': u32(7),
  'x.list': i32s([1, 2]),
  'x.names': strings(['a', 'b']),
};
const header = (tensors: GgufHeader['tensors']): Uint8Array => writeHeader({ keys, tensors });
/** A tensor [2, 2] in f32, and one [1, 32] in Q8_0. */
const tensors = [
  { name: 'plain', shape: [2, 2], type: 0, offset: 0 },
  { name: 'blocks', shape: [1, 32], type: 8, offset: 32 },
];
function file(infos = tensors, data = new Uint8Array(96)): Uint8Array {
  const head = header(infos);
  const bytes = new Uint8Array(head.length + data.length);
  bytes.set(head);
  bytes.set(data, head.length);
  return bytes;
}
const open = (bytes: Uint8Array) => openGguf(bytesSource(bytes), 'm.gguf');
async function refusal(bytes: Uint8Array): Promise<string> {
  const error: unknown = await open(bytes).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HomegrownError && error.code === 'bad-file') return error.message;
  throw new Error(`it was not refused: ${String(error)}`);
}

test('reads keys by type, and row-major tensors one at a time', async () => {
  const data = new Uint8Array(96);
  new Float32Array(data.buffer, 0, 4).set([1, -2, 3.5, 4]);
  data.set([0x00, 0x38, ...Array.from({ length: 32 }, (_, i) => (i - 16) & 255)], 32); // 0.5 in f16
  const { keys: read, weights } = await open(file(tensors, data));
  expect([...read]).toEqual([
    ['general.architecture', 'gpt2'],
    ['x.count', 7],
    ['x.list', [1, 2]],
    ['x.names', ['a', 'b']],
  ]);
  expect([weights.precision, weights.bytes]).toEqual([['Q8_0', 'F32'], 50]);
  expect(await weights.load('plain')).toEqual({ shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 4) });
  expect((await weights.load('blocks')).data).toEqual(Float32Array.from({ length: 32 }, (_, i) => (i - 16) / 2));
});

test('reads a header of megabytes in as few pieces as possible, and no tensor with it', async () => {
  const many = { ...keys, 'x.many': strings(Array.from({ length: 200_000 }, (_, i) => `token ${i}`)) };
  const head = writeHeader({ keys: many, tensors: [{ name: 't', shape: [1 << 28], type: 0, offset: 0 }] });
  const sizes: number[] = [];
  const source: ByteSource = {
    size: head.length + 2 ** 30,
    read(offset, length) {
      sizes.push(length);
      const bytes = new Uint8Array(length);
      bytes.set(head.subarray(offset, offset + length));
      return Promise.resolve(bytes);
    },
  };
  expect((await openGguf(source, 'm')).weights.shapes.get('t')!.shape).toEqual([1 << 28]);
  expect(sizes).toEqual([1, 2, 4].map((times) => times * 2 ** 20));
});

describe('refuses', () => {
  const patched = (at: number, value: number): Uint8Array => {
    const bytes = file();
    new DataView(bytes.buffer).setUint32(at, value, true);
    return bytes;
  };
  const cases: [string, Uint8Array, RegExp][] = [
    ['what begins otherwise', patched(0, 1), /doesn’t start like a GGUF file/],
    ['version 1', patched(4, 1), /version 1; supported are 2 and 3/],
    ['big-endian', patched(4, 0x0300_0000), /big-endian/],
    ['more tensors than there can be', patched(8, 0x7fff_ffff), /2147483647 tensors; the maximum is 100000/],
    ['more keys than there can be', patched(16, 0x7fff_ffff), /2147483647 keys/],
    ['counts beyond 2^53', patched(12, 0x7fff_ffff), /a count of 9223372032559808514/],
    ['a file that ends', file().subarray(0, 100), /ends within its header/],
    ['nothing', new Uint8Array(3), /doesn’t start/],
    ['tensors that end beyond', file(tensors, new Uint8Array(60)), /tensor blocks ends at byte \d+, but the file has/],
    [
      'one within another',
      file([tensors[0]!, { ...tensors[1]!, offset: 8 }]),
      /tensor blocks starts at byte \d+, inside another/,
    ],
    [
      'rows of half a block',
      file([{ ...tensors[1]!, shape: [2, 16] }]),
      /rows of tensor blocks have 16 values, not a multiple of 32 as Q8_0 needs/,
    ],
    ['a type by its name', file([{ ...tensors[1]!, type: 10 }]), /tensor blocks is Q2_K, which is not supported/],
    ['a type of the future', file([{ ...tensors[1]!, type: 99 }]), /is of ggml's type 99/],
    ['a tensor twice', file([tensors[0]!, tensors[0]!]), /the tensor "plain" twice/],
    ['a key twice', twice(), /the key "x.count" twice/],
    [
      'a part of a model',
      writeHeader({ keys: { ...keys, 'split.count': u32(3) }, tensors: [] }),
      /one of 3 parts of a model/,
    ],
    [
      'an alignment that is none',
      writeHeader({ keys: { ...keys, 'general.alignment': u32(13) }, tensors: [] }),
      /aligned to 13 bytes/,
    ],
  ];
  test.each(cases)('%s', async (_, bytes, reason) => {
    expect(await refusal(bytes)).toMatch(reason);
  });

  test('reads any changed header, or refuses it with a message', async () => {
    const whole = file();
    const end = header(tensors).length;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(end - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), async (at) => {
        const bytes = whole.slice();
        for (const [place, value] of at) bytes[place] = value;
        const error: unknown = await open(bytes).catch((reason: unknown) => reason);
        if (error instanceof Error) expect(error).toBeInstanceOf(HomegrownError);
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});

function twice(): Uint8Array {
  const bytes = writeHeader({ keys: { ...keys, 'x.counu': u32(1) }, tensors: [] });
  const name = new TextEncoder().encode('x.counu');
  const at = bytes.findIndex((_, i) => name.every((byte, j) => bytes[i + j] === byte));
  bytes[at + name.length - 1]! -= 1;
  return bytes;
}

test('every type has whole blocks of whole bytes', () => {
  for (const { block, bytes, decode } of GGUF_DECODERS.values()) {
    const out = new Float32Array(block + 2).fill(9);
    decode(new Uint8Array(bytes + 1), 1, out, 1);
    expect([out[0], out[block + 1]]).toEqual([9, 9]);
    expect(out.every((x, i) => i === 0 || i === block + 1 || x === 0)).toBe(true);
  }
});
