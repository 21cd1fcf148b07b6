/** Inputs of commands: every kind of file, folders with more than a model, any working folder. */
import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { byteFile } from '../node/sources';
import { lines, run, TINY, STEP_ALONE } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const TEXT = 'Ein Wal — das ist kein Fisch. '.repeat(60);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reads-'));
  await writeFile(path('text.txt'), TEXT);
  expect(
    await run(['grow', '--text', 'text.txt', ...TINY, '--steps', '2', '--out', 'model'], { cwd: folder }),
  ).toMatchObject({
    code: 0,
  });
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

test('sample and export read only the files of a folder that they need', async () => {
  await cp(path('model'), path('beside'), { recursive: true });
  await writeFile(path('beside', 'notes.json'), '{ not json');
  await mkdir(path('beside', 'folder.json'));
  await symlink('/nowhere', path('beside', 'gone.json'));
  await writeFile(path('beside', 'optimizer.safetensors'), 'damaged');
  const sample = ['sample', '--from', path('beside'), '--tokens', '3', '--device', 'wasm'];
  const [sampled, exported, withOptimizer] = await Promise.all([
    run(sample),
    run(['export', '--from', 'beside', '--format', 'gguf-f32', '--out', 'm.gguf', '--json'], { cwd: folder }),
    run(['export', '--from', 'beside', '--format', 'hf', '--out', 'hf', '--optimizer'], { cwd: folder }),
  ]);
  expect(sampled).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  expect(exported).toMatchObject({ code: 0, stderr: '' });
  expect(lines(exported.stdout)[0]).toMatchObject({ out: 'm.gguf', files: 1 });
  expect(withOptimizer.code).toBe(1);
  expect(withOptimizer.stderr).toMatch(/file has at least 10\. Nothing was stored\./);

  // The training log is not needed for a sample either; other files are.
  await writeFile(path('beside', 'trainer_state.json'), '{');
  expect(await run(sample)).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  await truncate(path('beside', 'model.safetensors'), 1000);
  expect((await run(sample)).stderr).toMatch(/^model\.safetensors: .*\n$/);
});

test('a zip of the app is a model too', async () => {
  const { status } = spawnSync('zip', ['-qr0', path('model.zip'), '.'], { cwd: path('model') });
  if (status !== 0) spawnSync('python3', ['-m', 'zipfile', '-c', path('model.zip'), path('model') + '/.']);
  const sampled = await run(['sample', '--from', 'model.zip', '--tokens', '3', '--device', 'wasm'], { cwd: folder });
  expect(sampled).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
});

test('a truncated file is reported with numbers', async () => {
  await copyFile(path('text.txt'), path('shrinks'));
  const source = await byteFile(path('shrinks'));
  expect((await source.read(0, source.size)).length).toBe(source.size);
  await truncate(path('shrinks'), 100);
  await expect(source.read(50, 200)).rejects.toThrow('changed while it was read: it had 1,920 bytes, then 100');
  await expect(byteFile(folder)).rejects.toThrow("doesn't allow random access");
});
