import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { recipeOf } from '../src/core/runs/segments';
import { readModel } from './read';
import { lines, run as start, type Ended } from './testing/run';

/** The commands, with somebody's things around what they write. */
vi.setConfig({ testTimeout: 180_000 });

let sandbox: string;
let made = 0;
/** A copy for each test: thesis.txt, text.txt, src/older (a model, with notes.txt), and an empty home. */
let around: string;
let model: string;
const at = (...names: string[]) => join(around, ...names);

/** `onLine` gets the number of lines on standard output so far, and may send a signal: SIGKILL to the command itself. */
function run(
  name: 'grow' | 'sample' | 'export',
  args: readonly string[],
  onLine: (count: number, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return start([name, ...args], {
    cwd: around,
    env: { HOME: at('home'), ...env },
    onOutput: (child, stdout) =>
      onLine(stdout.split('\n').length - 1, (signal) => {
        if (signal === 'SIGKILL') spawnSync('pkill', ['-KILL', '-P', String(child.pid)]);
        else child.kill(signal);
      }),
  });
}
/** For `env`: the command is killed before this call that changes what is on disk under `folder`. */
const killedAt = (call: number, folder: string) => ({
  NODE_OPTIONS: `--import ${new URL('testing/killAt.mjs', import.meta.url).href}`,
  KILL_UNDER: folder,
  KILL_AT: String(call),
});

const tiny = ['--layers', '1', '--heads', '2', '--width', '16', '--context', '16', '--batch', '4'];
const grow = (...args: string[]) => [
  '--text',
  'text.txt',
  '--tokenizer',
  'bytes',
  ...tiny,
  '--device',
  'wasm',
  '--json',
  ...args,
];
const stepIn = async (folder: string): Promise<number> => (await readModel(folder)).info!.state.step;

beforeAll(async () => {
  sandbox = await fs.mkdtemp(join(tmpdir(), 'out-'));
  around = join(sandbox, 'first');
  await fs.mkdir(at('home'), { recursive: true });
  await fs.mkdir(at('src'));
  await fs.writeFile(at('text.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
  await fs.writeFile(at('thesis.txt'), 'thesis');
  const grown = await run('grow', grow('--steps', '30', '--out', 'src/older', '--learning-rate', '1e-2'));
  expect(grown).toMatchObject({ code: 0, stderr: '' });
  expect(lines(grown.stdout).at(-1)).toMatchObject({ step: 30, out: 'src/older' });
  await fs.writeFile(at('src/older/notes.txt'), 'notes');
}, 300_000);
afterAll(() => fs.rm(sandbox, { recursive: true }));

beforeEach(async () => {
  around = join(sandbox, String(made++));
  await fs.cp(join(sandbox, 'first'), around, { recursive: true });
  model = at('src', 'older');
});

const hashOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await fs.readFile(path))
    .digest('hex');

/** Every file below, with the hash of what is in it. */
async function everything(folder = around): Promise<Map<string, string>> {
  const names = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (path) => [path, await hashOf(path)] as const)));
}

describe('nothing is touched', () => {
  const twoSteps = (out: string) => grow('--steps', '2', '--out', out);
  const asFolder = (out: string) => ['--from', 'src/older', '--format', 'hf', '--out', out];
  test.each<[string, 'grow' | 'export', string[], string]>([
    ['by an empty --out, as of an unset variable', 'grow', twoSteps(''), '--out needs a value'],
    ['by an empty --out of an export', 'export', asFolder(''), '--out needs a value'],
    ['in the current folder', 'grow', twoSteps('.'), 'the current folder'],
    ['around --from', 'export', asFolder('src'), 'src/older, or holds it'],
    ['behind a link to --from', 'export', asFolder('link'), 'src/older, or holds it'],
  ])('%s', async (_, name, args, message) => {
    // What the guard of earlier builds asked for.
    for (const folder of ['.', 'src']) await fs.copyFile(join(model, 'homegrown.json'), at(folder, 'homegrown.json'));
    await fs.symlink('src/older', at('link'));
    const before = await everything();
    const ended = await run(name, args);
    expect(await everything()).toEqual(before);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr.trimEnd().split('\n').length).toBe(1);
    const told = args.includes('--json') ? [{ error: { message: ended.stderr.trimEnd() } }] : [];
    expect(ended.stdout === '' ? [] : lines(ended.stdout)).toMatchObject(told);
  });
});

describe('an older model stays', () => {
  const older = async () => new Map([...(await everything(model))].filter(([path]) => dirname(path) === model));

  test('when the next run is stopped and is not better than at its beginning', async () => {
    const before = await older();
    const args = grow('--steps', '100000', '--eval-every', '1', '--learning-rate', '1', '--warmup', '0');
    const ended = await run('grow', [...args, '--out', 'src/older'], (count, kill) => {
      if (count === 3) kill('SIGHUP');
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const told = lines(ended.stdout);
    expect(told.at(-1)!['valLoss']).toBeGreaterThan(told[0]!['valLoss'] as number);
    expect(told.at(-1)).toMatchObject({ out: 'src/older.stopped' });
    expect(await older()).toEqual(before);
    expect(await stepIn(`${model}.stopped`)).toBe(told.at(-1)!['step']);
  });

  test('when the next run diverges, which is told with where its saves are', async () => {
    const before = await older();
    const wild = ['--learning-rate', '10', '--optimizer', 'sgd', '--clip', '0', '--warmup', '0', '--steps', '5000'];
    const ended = await run('grow', grow(...wild, '--out', 'src/older'));
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('The newest save is in src/older.stopped; the model in src/older is as it was.');
    expect(ended.stderr).toContain('or go on from there with --resume.');
    expect(await older()).toEqual(before);
    expect(await stepIn(`${model}.stopped`)).toBe(0);
  });

  test('when the next run is killed, and its newest save is in sight', async () => {
    const before = await older();
    let isWatched = false;
    const endless = grow('--steps', '100000', '--eval-every', '1000000', '--out', 'src/older');
    const ended = await run('grow', endless, (_, kill) => {
      if (isWatched) return;
      isWatched = true;
      void (async () => {
        while ((await stepIn(`${model}.stopped`).catch(() => 0)) < 200) await wait(100);
        kill('SIGKILL');
      })();
    });
    expect(ended.code).toBe(137);
    expect(await older()).toEqual(before);
    expect(await stepIn(`${model}.stopped`)).toBeGreaterThanOrEqual(200);

    const next = await run('grow', grow('--steps', '20', '--out', 'src/older'));
    expect(next).toMatchObject({ code: 0, stderr: '' });
    expect(lines(next.stdout).at(-1)).toMatchObject({ step: 20, out: 'src/older' });
    expect(await stepIn(model)).toBe(20);
    expect((await fs.readdir(at('src'))).sort()).toEqual(['older', 'older.stopped']);
    expect(await fs.readFile(join(model, 'notes.txt'), 'utf8')).toBe('notes');
  }, 300_000);

  test('until the next run is stopped where an evaluation says that it has learnt', async () => {
    const args = grow('--steps', '100000', '--eval-every', '1', '--learning-rate', '1e-2', '--warmup', '0');
    const ended = await run('grow', [...args, '--out', 'src/older'], (count, kill) => {
      if (count === 10) kill('SIGTERM');
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const told = lines(ended.stdout);
    expect(told.at(-1)!['valLoss']).toBeLessThan(told[0]!['valLoss'] as number);
    expect(told.at(-1)).toMatchObject({ out: 'src/older' });
    expect(await stepIn(model)).toBe(told.at(-1)!['step']);
    expect(await fs.readdir(at('src'))).toEqual(['older']);
  });

  test('or a whole one takes its place, wherever an export is killed, and sample opens it', async () => {
    const args = ['--from', 'src/older', '--format', 'hf', '--out', 'copy'];
    expect(await run('export', args)).toMatchObject({ code: 0 });
    await fs.writeFile(at('copy', 'notes.txt'), 'notes');
    // Under copy: a folder made, ten files aside, ten more in, each after its folder is made, and a look at the whole.
    for (const call of [3, 12, 21]) {
      const ended = await run('export', args, undefined, killedAt(call, at('copy')));
      expect(ended.code).toBe(137);
      const sampled = await run('sample', ['--from', 'copy', '--tokens', '4', '--device', 'wasm']);
      expect(sampled.code).toBe(0);
      expect(await stepIn(at('copy'))).toBe(30);
      expect(await fs.readFile(at('copy', 'notes.txt'), 'utf8')).toBe('notes');
      expect((await fs.readdir(around)).filter((name) => name.startsWith('.'))).toEqual([]);
    }
  }, 300_000);
});

test('an export goes into its own folder again, whatever its format, and other things there stay', async () => {
  for (const format of ['service', 'onnx-f16', 'pytorch']) {
    const args = ['--from', 'src/older', '--format', format, '--out', `as-${format}`];
    expect(await run('export', args)).toMatchObject({ code: 0, stderr: '' });
    await fs.writeFile(at(`as-${format}`, 'mine.txt'), 'mine');
    expect(await run('export', args)).toMatchObject({ code: 0, stderr: '' });
    expect(await fs.readFile(at(`as-${format}`, 'mine.txt'), 'utf8')).toBe('mine');
  }
}, 300_000);

describe('before the texts are read', () => {
  test.each<[string, string[], string]>([
    ['heads that do not divide the width', ['--heads', '3', '--out', 'new'], 'cannot be divided among 3 heads'],
    [
      'more steps of warm-up than steps',
      ['--steps', '50', '--warmup', '51', '--out', 'new'],
      '--warmup 51 is more than',
    ],
    ['an --out that cannot be written', ['--out', 'thesis.txt/new'], 'cannot be written'],
  ])('%s', async (_, args, message) => {
    const flags = new Map([...pairs(tiny), ...pairs(args)]);
    // A text without a word in it fails when it is read.
    await fs.writeFile(at('blank.txt'), ' ');
    const ended = await run('grow', ['--text', 'blank.txt', '--device', 'wasm', ...[...flags].flat()]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(await fs.readdir(around)).not.toContain('new');
  });
  const pairs = (args: readonly string[]): [string, string][] =>
    args.flatMap((flag, i) => (i % 2 === 0 ? [[flag, args[i + 1]!] as [string, string]] : []));

  test('and a warm-up that is not given fits the steps', async () => {
    expect(recipeOf((await readModel(model)).info!)).toMatchObject({ steps: 30, warmup: 3 });
  });
});
