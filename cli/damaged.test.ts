/** A model in which a bit has flipped on disk, given to the commands that read one. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBytes } from '../src/core/files/byteSource';
import { huggingFaceFiles } from '../src/core/export/huggingFace';
import { trainedModels } from '../src/core/testing/trainedModel';
import { run } from './testing/run';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'damaged-'));
  const [model] = await trainedModels();
  for (const file of huggingFaceFiles(model!, { withOptimizer: false })) {
    await writeFile(join(folder, file.name), await readBytes(file));
  }
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

test('sample and export refuse it, and nothing is written', async () => {
  const sample = ['sample', '--from', folder, '--prompt', 'The', '--tokens', '3', '--device', 'wasm'];
  expect(await run(sample)).toMatchObject({ code: 0, stderr: '' });
  const path = join(folder, 'model.safetensors');
  const bytes = await readFile(path);
  bytes[Math.floor(0.7 * bytes.length)]! ^= 4;
  await writeFile(path, bytes);
  const before = await readdir(folder);
  for (const ended of [
    await run(sample),
    await run(['export', '--from', folder, '--format', 'gguf-f16', '--out', join(folder, 'out.gguf')]),
  ]) {
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/model\.safetensors: its tensors hash to [0-9a-f]{12}….*download it again/s);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  }
  expect(await readdir(folder)).toEqual(before);
});
