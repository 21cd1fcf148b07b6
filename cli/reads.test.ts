/** What the commands read, and from where: every kind of file, folders with more in them than a model, any working folder. */
import { spawnSync } from 'node:child_process';
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { byteFile } from './terminal';
import { CLI, lines, ROOT, run, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const TEXT = 'Ein Wal — das ist kein Fisch. '.repeat(60);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reads-'));
  await writeFile(path('text.txt'), TEXT);
  // From a folder that is not the project's, with paths that are its own, beside settings of someone else's that are broken.
  await writeFile(path('tsconfig.json'), '{ "extends": "nowhere", ');
  expect(
    await run(['grow', '--text', 'text.txt', ...TINY, '--steps', '2', '--out', 'model'], { cwd: folder }),
  ).toMatchObject({
    code: 0,
  });
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const grow = (out: string) => [...TINY, '--steps', '1', '--out', path(out), '--json'];
const texts = async (out: string) => {
  const info = JSON.parse(await readFile(path(out, 'homegrown.json'), 'utf8')) as Segmented;
  return info.segments[0]!.data.texts;
};
interface Segmented {
  segments: { data: { texts: object[] } }[];
}

test('a text may come through a pipe, or from a file that does not tell its size', async () => {
  const [piped, told] = await Promise.all([
    run([`${process.execPath} ${CLI} grow --text <(cat text.txt) "$@"`, 'bash', ...grow('piped')], {
      by: ['bash', '-c'],
      cwd: folder,
    }),
    run(['grow', '--text', '/proc/cpuinfo', path('text.txt'), ...grow('told')]),
  ]);
  expect(piped).toMatchObject({ code: 0, stderr: '' });
  expect(told).toMatchObject({ code: 0, stderr: '' });
  const [, text] = await texts('told');
  expect(text).toMatchObject({ characters: TEXT.length });
  expect(await texts('piped')).toEqual([{ ...text, name: expect.any(String) as string }]);
  expect((await texts('told'))[0]).toMatchObject({ name: 'cpuinfo' });
});

test('npm resolves paths against the folder where it was called', async () => {
  await mkdir(path('below'));
  const args = ['--', '--text', '../text.txt', ...TINY, '--steps', '1', '--out', 'model', '--json'];
  const ended = await run(args, { by: ['npm', '--prefix', ROOT, 'run', '--silent', 'grow'], cwd: path('below') });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ended.stdout).at(-1)).toMatchObject({ out: 'model' });
  expect(await readdir(path('below', 'model'))).toContain('model.safetensors');
});

test('sample and export read of a folder only what they need', async () => {
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
  expect(sampled).toMatchObject({ code: 0, stderr: '' });
  expect(exported).toMatchObject({ code: 0, stderr: '' });
  expect(lines(exported.stdout)[0]).toMatchObject({ out: 'm.gguf', files: 1 });
  expect(withOptimizer.code).toBe(1);
  expect(withOptimizer.stderr).toMatch(/which has at least 10\. Nothing was stored\./);

  // The log of training is no part of a sample either; what is, is.
  await writeFile(path('beside', 'trainer_state.json'), '{');
  expect(await run(sample)).toMatchObject({ code: 0, stderr: '' });
  await truncate(path('beside', 'model.safetensors'), 1000);
  expect((await run(sample)).stderr).toMatch(/^model\.safetensors: .*\n$/);
});

test('a zip of the app is a model too', async () => {
  const { status } = spawnSync('zip', ['-qr0', path('model.zip'), '.'], { cwd: path('model') });
  if (status !== 0) spawnSync('python3', ['-m', 'zipfile', '-c', path('model.zip'), path('model') + '/.']);
  const sampled = await run(['sample', '--from', 'model.zip', '--tokens', '3', '--device', 'wasm'], { cwd: folder });
  expect(sampled).toMatchObject({ code: 0, stderr: '' });
});

test('a folder that may not be listed is not called missing', async ({ skip }) => {
  await mkdir(path('locked'));
  await chmod(path('locked'), 0o000);
  const nobody = 65534;
  const asNobody = (file: string, ...args: string[]) =>
    spawnSync('setpriv', [`--reuid=${nobody}`, '--clear-groups', file, ...args], { encoding: 'utf8' });
  await chmod(folder, 0o755);
  if (process.getuid?.() !== 0 || asNobody('test', '-r', CLI).status !== 0)
    skip('This process may not become another that has no permission.');
  const { status, stderr } = asNobody(process.execPath, CLI, 'sample', '--from', path('locked'), '--device', 'wasm');
  expect(stderr).toMatch(/locked cannot be listed: permission denied \(EACCES\)\. [^\n]+\n$/);
  expect(status).toBe(1);
});

test('a file that ends before it should is told with numbers', async () => {
  await copyFile(path('text.txt'), path('shrinks'));
  const source = await byteFile(path('shrinks'));
  expect((await source.read(0, source.size)).length).toBe(source.size);
  await truncate(path('shrinks'), 100);
  await expect(source.read(50, 200)).rejects.toThrow(`ended at byte 100 and had ${source.size}`);
  await expect(byteFile(folder)).rejects.toThrow('is not a file');
});

test('a GPU, where there is one, leaves standard error alone, and in words tells what it compiles', async ({
  skip,
}) => {
  const args = ['grow', '--text', path('text.txt'), ...grow('gpu')].map((arg) => (arg === 'wasm' ? 'webgpu' : arg));
  const ended = await run(args);
  if (/no WebGPU adapter/i.test(ended.stderr)) skip('There is no WebGPU adapter.');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const inWords = await run(args.filter((arg) => arg !== '--json'));
  expect(inWords.code).toBe(0);
  expect(inWords.stderr).toMatch(/^Compiling \d+ kernels\.$/m);
});
