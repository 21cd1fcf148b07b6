/** Exported files, intact and with one changed bit, through their verification. */
import { beforeAll, expect, test, vi } from 'vitest';
import { template } from '../../scripts/templates';
import { unwatched } from '../core/base/job';
import { bytesSource, readBytes } from '../core/files/byteSource';
import type { Exported } from '../core/export/format';
import { type FormatId, FORMATS } from '../core/export/formats';
import { zipped } from '../core/files/zip';
import { network } from '../core/models/network';
import { trainedModels } from '../testing/trainedModel';
import { useSingleThreadWasm as onWasm } from '../testing/wasm';
import { compare, type Figures, matches } from '../core/verify/compare';
import { PLACES, reference, type Reference } from '../core/verify/reference';
import { checkOnnx } from './checkOnnx';
import { secondEngine } from './secondEngine';

let model: Exported;
let ours: Reference;
beforeAll(async () => {
  model = (await trainedModels())[0]!;
  ours = await ourSide(model);
  // As in Safari: without 64-bit memory our own reader opens GGUF, whatever Node supports.
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
});

async function ourSide({ info, snapshot, tokens }: Exported): Promise<Reference> {
  await onWasm();
  const net = await network(info.model, snapshot.tensors);
  try {
    return await reference(net, tokens!.validation, [1]);
  } finally {
    net.dispose();
  }
}

async function written(format: FormatId, exported = model): Promise<Uint8Array<ArrayBuffer>> {
  const { kind, files } = FORMATS[format];
  const streams = await files(exported, { withOptimizer: false, template });
  if (kind === 'file') return readBytes(streams[0]!);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of zipped(streams, unwatched)) pieces.push(piece.slice());
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

async function check(
  format: FormatId,
  bytes: Uint8Array<ArrayBuffer>,
  exported = model,
  expected = ours,
): Promise<Figures> {
  const check = FORMATS[format].check!;
  const engine = await secondEngine(bytesSource(bytes), check, exported.info.model);
  return compare(expected, engine, check.bound, unwatched);
}

test('our reference has twenty positions of held-out text and twenty greedy tokens', () => {
  expect(ours).toMatchObject({ text: 'held-out' });
  const { vocabulary, config } = model.info.model;
  expect(ours.ids).toHaveLength(config.context);
  expect(ours.lengths).toHaveLength(PLACES);
  expect(ours.lengths.at(-1)).toBe(config.context);
  expect(ours.greedy).toHaveLength(PLACES);
  expect(ours.greedyScores).toHaveLength(PLACES * vocabulary);
});

for (const format of [
  'gguf-f32',
  'gguf-f16',
  'gguf-q8_0',
  'safetensors',
  'hf',
  'html',
  'service',
  'pytorch',
] as const) {
  test(`${format}: what was written is what was trained, within its bound`, async () => {
    const figures = await check(format, await written(format));
    expect(figures).toMatchObject({ engine: 'a second program on this computer', places: PLACES, tokens: PLACES });
    expect(figures[figures.bound.of]).toBeGreaterThan(0);
    expect(matches(figures)).toBe(true);
  });
}

const CHANGED = 'transformer.h.1.mlp.c_fc.weight';

for (const format of ['gguf-f32', 'gguf-f16', 'gguf-q8_0', 'safetensors', 'hf', 'html', 'service'] as const) {
  test(`${format}: one weight that differs is a mismatch in numbers`, async () => {
    const { snapshot } = model;
    const { shape, data } = snapshot.tensors.get(CHANGED)!;
    const tensors = new Map(snapshot.tensors).set(CHANGED, { shape, data: data.with(100, -30) });
    const figures = await check(format, await written(format, { ...model, snapshot: { ...snapshot, tensors } }));
    expect(figures[figures.bound.of]).toBeGreaterThan(figures.bound.most);
    expect(matches(figures)).toBe(false);
  });
}

/** Flips a bit in the exponent of a weight of the last norm, which is stored in 32 bits in every format. */
function flipped(bytes: Buffer): Buffer {
  const { data } = model.snapshot.tensors.get('transformer.ln_f.weight')!;
  const at = bytes.indexOf(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  expect(at).toBeGreaterThan(-1);
  return Buffer.concat([bytes.subarray(0, at + 3), Buffer.of(bytes[at + 3]! ^ 0x02), bytes.subarray(at + 4)]);
}

for (const format of ['gguf-f32', 'gguf-f16', 'gguf-q8_0', 'safetensors'] as const) {
  test(`${format}: a flipped bit of a weight is refused, for its hash differs`, async () => {
    await expectRefusal(check(format, new Uint8Array(flipped(Buffer.from(await written(format))))), /hashes to/);
  });
}

test('onnx: a flipped bit of a weight is refused before onnxruntime receives it', async () => {
  for (const format of ['onnx-f32', 'onnx-f16'] as const) {
    const [file] = (await FORMATS[format].files(model, { withOptimizer: false, template })).slice(-1);
    const bytes = await readBytes(file!);
    await checkOnnx(bytes);
    await expect(checkOnnx(flipped(Buffer.from(bytes)))).rejects.toThrow(/hashes to/);
  }
});

test('html: a flipped bit of a weight is refused by its checksum', async () => {
  const page = Buffer.from(await written('html')).toString();
  const changed = page.replace(
    /(<script type="application\/octet-stream;base64">)([^<]+)/,
    (_, open: string, block: string) => open + flipped(Buffer.from(block, 'base64')).toString('base64'),
  );
  await expectRefusal(check('html', new TextEncoder().encode(changed)), /hashes to/);
});

test('hf: a flipped bit of a weight in the zip is refused by its checksum', async () => {
  await expectRefusal(check('hf', new Uint8Array(flipped(Buffer.from(await written('hf'))))));
});

for (const format of ['gguf-f32', 'safetensors', 'hf', 'html', 'service', 'pytorch'] as const) {
  test(`${format}: a file that ends early, or is none, is refused in words`, async () => {
    const bytes = await written(format);
    await expectRefusal(check(format, bytes.slice(0, Math.floor(bytes.length / 2))));
    await expectRefusal(check(format, new Uint8Array(100)));
  });
}

const expectRefusal = (checking: Promise<unknown>, reason = /./): Promise<void> =>
  expect(checking).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringMatching(
      new RegExp(`^The second engine couldn’t read the file: .*${reason.source}`),
    ) as string,
    remedy: expect.stringMatching(/^The model is unchanged/) as string,
  });
