/** A model with a bit flipped on disk, given to commands that read one. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBytes } from '../src/core/files/byteSource';
import { huggingFaceFiles } from '../src/core/export/formats/huggingFace/write';
import { trainedModels } from '../src/testing/trainedModel';
import { run, STEP_ALONE } from './testing/run';

let around: string;
let folder: string;
beforeAll(async () => {
  around = await mkdtemp(join(tmpdir(), 'damaged-'));
  folder = join(around, 'model');
  await mkdir(folder);
  const [model] = await trainedModels();
  for (const file of huggingFaceFiles(model!, { withOptimizer: false })) {
    await writeFile(join(folder, file.name), await readBytes(file));
  }
}, 240_000);
afterAll(() => rm(around, { recursive: true }));

test('sample and export refuse it, and nothing is written', async () => {
  const sample = ['sample', '--from', folder, '--prompt', 'The', '--tokens', '3', '--device', 'wasm'];
  expect(await run(sample)).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  const path = join(folder, 'model.safetensors');
  const bytes = await readFile(path);
  bytes[Math.floor(0.7 * bytes.length)]! ^= 4;
  await writeFile(path, bytes);
  const before = await readdir(around, { recursive: true });
  for (const ended of [
    await run(sample),
    await run(['export', '--from', folder, '--format', 'gguf-f16', '--out', join(around, 'out.gguf')]),
  ]) {
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/model\.safetensors: its tensors have the hash [0-9a-f]{12}….*download it again/s);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  }
  expect(await readdir(around, { recursive: true })).toEqual(before);
});
