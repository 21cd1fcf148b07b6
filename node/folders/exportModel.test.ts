/** Exports whose bytes change between writing and reading: none takes its place. */
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { template } from '../../scripts/templates';
import type { Format } from '../../src/core/export/format';
import { type FormatId, FORMATS } from '../../src/core/export/formats';
import type { ByteStream } from '../../src/core/files/byteSource';
import { write } from '../../cli/testing/withSentinels';
import { checkExportPlace, type ExportedFile, exportModel } from './exportModel';

let sandbox: string;
let model: string;
beforeAll(async () => {
  sandbox = await fs.mkdtemp(join(tmpdir(), 'export-'));
  model = join(sandbox, 'model');
  await write(model, 1);
});
afterAll(() => fs.rm(sandbox, { recursive: true }));

/** The format, whose first pass, which is written to the disk, is damaged by `damage`. */
const damaged = (id: FormatId, damage: (bytes: Uint8Array) => Uint8Array): Format => {
  const format: Format = FORMATS[id];
  const once = (file: ByteStream): ByteStream => {
    let isWritten = false;
    return {
      ...file,
      async *chunks() {
        const isFirst = !isWritten;
        isWritten = true;
        for await (const chunk of file.chunks()) yield isFirst ? damage(chunk.slice()) : chunk;
      },
    };
  };
  return { ...format, files: async (...given) => (await format.files(...given)).map(once) };
};
const flipped = (bytes: Uint8Array): Uint8Array => bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1);
const shortened = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - 1);

async function exported(format: Format, name: string): Promise<ExportedFile[]> {
  const out = join(sandbox, name);
  const request = { from: model, adapter: undefined, average: undefined, format, out, withOptimizer: false, template };
  const files: ExportedFile[] = [];
  const reporter = { say: () => undefined, written: (file: ExportedFile) => void files.push(file) };
  await exportModel(request, await checkExportPlace(request), reporter, new AbortController().signal);
  return files;
}

test.each<FormatId>(['hf', 'gguf-f16', 'html', 'onnx-f32'])(
  'an export as %s with a flipped bit or a missing byte is refused, and leaves nothing behind',
  async (id) => {
    for (const [damage, message] of [
      [flipped, /^The export is damaged: .* differs at byte [\d,]+$/],
      [shortened, /^The export is damaged: .* has [\d,]+ of [\d,]+ bytes$/],
    ] as const) {
      const before = await fs.readdir(sandbox);
      await expect(exported(damaged(id, damage), 'out')).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(message) as string,
      });
      expect(await fs.readdir(sandbox)).toEqual(before);
    }
  },
);

test('a writer whose weights differ from the model is found by the reader of the format', async () => {
  const format: Format = FORMATS.safetensors;
  const other: Format = {
    ...format,
    files: (model, options) => {
      const [name, { shape, data }] = [...model.snapshot.tensors][0]!;
      const tensors = new Map(model.snapshot.tensors).set(name, { shape, data: data.with(3, 7) });
      return format.files({ ...model, snapshot: { ...model.snapshot, tensors } }, options);
    },
  };
  await expect(exported(other, 'other')).rejects.toThrow(/\[3\] is 7; the model has /);
  expect(await fs.readdir(sandbox)).not.toContain('other');
});

test.each<[FormatId, boolean]>([
  ['hf', true],
  ['pytorch', true],
  ['safetensors', true],
  ['gguf-f32', true],
  ['gguf-f16', true],
  ['gguf-q8_0', true],
  ['html', true],
  ['service', true],
  ['onnx-f32', false],
])('an export as %s is checked, with a reader: %s', async (id, hasReader) => {
  const [file] = await exported(FORMATS[id], `as-${id}`);
  expect(file!.check).toMatchObject({ hasReader, bytes: file!.bytes });
  expect(file!.check!.tensors > 0).toBe(hasReader);
});
