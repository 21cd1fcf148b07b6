/** Inputs of the real commands: pipes, any working folder, with and without permission, next to a GPU. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lines, ROOT, run, TINY } from './testing/run';
import { CLI, spawnCommand } from './testing/spawnCommand';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const TEXT = 'Ein Wal — das ist kein Fisch. '.repeat(60);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reads-'));
  await writeFile(path('text.txt'), TEXT);
});
afterAll(() => rm(folder, { recursive: true }));

const grow = (out: string) => [...TINY, '--steps', '1', '--out', path(out), '--json'];
const texts = async (out: string) => {
  const info = JSON.parse(await readFile(path(out, 'homegrown.json'), 'utf8')) as Segmented;
  return info.segments[0]!.data.texts;
};
interface Segmented {
  segments: { data: { texts: object[] } }[];
}

test('a text may come through a pipe, or from a file that reports no size', async () => {
  const [piped, named] = await Promise.all([
    spawnCommand([`${process.execPath} ${CLI} grow --text <(cat text.txt) "$@"`, 'bash', ...grow('piped')], {
      by: ['bash', '-c'],
      cwd: folder,
    }),
    run(['grow', '--text', '/proc/cpuinfo', path('text.txt'), ...grow('told')]),
  ]);
  expect(piped).toMatchObject({ code: 0, stderr: '' });
  expect(named).toMatchObject({ code: 0, stderr: '' });
  const [, text] = await texts('told');
  expect(text).toMatchObject({ characters: TEXT.length });
  expect(await texts('piped')).toEqual([{ ...text, name: expect.any(String) as string }]);
  expect((await texts('told'))[0]).toMatchObject({ name: 'cpuinfo' });
});

test('npm resolves paths against the folder where it was called', async () => {
  await mkdir(path('below'));
  const args = ['--', '--text', '../text.txt', ...TINY, '--steps', '1', '--out', 'model', '--json'];
  const ended = await spawnCommand(args, {
    by: ['npm', '--prefix', ROOT, 'run', '--silent', 'grow'],
    cwd: path('below'),
  });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ended.stdout).at(-1)).toMatchObject({ out: 'model' });
  expect(await readdir(path('below', 'model'))).toContain('model.safetensors');
});

test('an unreadable folder is not reported as missing', async ({ skip }) => {
  await mkdir(path('locked'));
  await chmod(path('locked'), 0o000);
  const nobody = 65534;
  const asNobody = (file: string, ...args: string[]) =>
    spawnSync('setpriv', [`--reuid=${nobody}`, '--clear-groups', file, ...args], { encoding: 'utf8' });
  await chmod(folder, 0o755);
  if (process.getuid?.() !== 0 || asNobody('test', '-r', CLI).status !== 0)
    skip('This process may not become another that has no permission.');
  const { status, stderr } = asNobody(process.execPath, CLI, 'sample', '--from', path('locked'), '--device', 'wasm');
  expect(stderr).toMatch(/locked can't be listed: permission denied \(EACCES\)\. [^\n]+\n$/);
  expect(status).toBe(1);
});

test('a GPU writes only its compilation progress to standard error, in words', async ({ skip }) => {
  const args = ['grow', '--text', path('text.txt'), ...grow('gpu')].map((arg) => (arg === 'wasm' ? 'webgpu' : arg));
  const ended = await spawnCommand(args);
  if (/No WebGPU adapter/i.test(ended.stderr)) skip('No WebGPU adapter is available.');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const inWords = await spawnCommand(args.filter((arg) => arg !== '--json'));
  expect(inWords.code).toBe(0);
  expect(inWords.stderr).toMatch(/^Compiling \d+ kernels\.$/m);
}, 240_000);

test('broken settings of another tool in the current folder change nothing', async () => {
  await writeFile(path('tsconfig.json'), '{ "extends": "nowhere", ');
  const args = ['--text', 'text.txt', ...TINY, '--steps', '2', '--out', 'model'];
  expect(await spawnCommand(['grow', ...args], { cwd: folder })).toMatchObject({ code: 0 });
});
