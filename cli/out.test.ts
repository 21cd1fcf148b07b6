/** Files that commands leave alone around their output. */
import fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { recipeOf } from '../src/core/runs/segments';
import { readModel } from '../node/folders/readModel';
import { aroundModel, growHere, stepIn } from './testing/aroundModel';
import { type Ended, lines, run as start, TINY } from './testing/run';

vi.setConfig({ testTimeout: 180_000 });

const { at, model, older, everything } = aroundModel();
const run = (name: 'grow' | 'export', args: readonly string[]): Promise<Ended> =>
  start([name, ...args], { cwd: at(), env: { HOME: at('home') } });

describe('other files stay unchanged', () => {
  const twoSteps = (out: string) => growHere('--steps', '2', '--out', out);
  const asFolder = (out: string) => ['--from', 'src/older', '--format', 'hf', '--out', out];
  test.each<[string, 'grow' | 'export', string[], string]>([
    ['by an empty --out, as of an unset variable', 'grow', twoSteps(''), '--out needs a value'],
    ['by an empty --out of an export', 'export', asFolder(''), '--out needs a value'],
    ['in the current folder', 'grow', twoSteps('.'), '--out . contains --text text.txt'],
    ['around --from', 'export', asFolder('src'), '--out src contains --from src/older'],
    ['behind a link to --from', 'export', asFolder('link'), '--out link is the same path as --from src/older'],
  ])('%s', async (_, name, args, message) => {
    // The guard of earlier builds required these.
    for (const folder of ['.', 'src']) await fs.copyFile(join(model(), 'homegrown.json'), at(folder, 'homegrown.json'));
    await fs.symlink('src/older', at('link'));
    const before = await everything();
    const ended = await run(name, args);
    expect(await everything()).toEqual(before);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr.trimEnd().split('\n').length).toBe(1);
    const errors = args.includes('--json') ? [{ error: { message: ended.stderr.trimEnd() } }] : [];
    expect(ended.stdout === '' ? [] : lines(ended.stdout)).toMatchObject(errors);
  });
});

test('an export replaces its own folder, whatever its format, and other files there stay', async () => {
  for (const format of ['service', 'onnx-f16', 'pytorch']) {
    const args = ['--json', '--from', 'src/older', '--format', format, '--out', `as-${format}`];
    expect(await run('export', args)).toMatchObject({ code: 0, stderr: '' });
    await fs.writeFile(at(`as-${format}`, 'mine.txt'), 'mine');
    expect(await run('export', args)).toMatchObject({ code: 0, stderr: '' });
    expect(await fs.readFile(at(`as-${format}`, 'mine.txt'), 'utf8')).toBe('mine');
  }
}, 300_000);

test('an older model stays when the next run diverges; the message says where its checkpoints are', async () => {
  const before = await older();
  const wild = ['--learning-rate', '10', '--optimizer', 'sgd', '--clip', '0', '--warmup', '0', '--steps', '5000'];
  const ended = await run('grow', growHere(...wild, '--out', 'src/older'));
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('The last checkpoint is in src/older.stopped; the model in src/older is unchanged.');
  expect(ended.stderr).toContain('or continue with --resume.');
  expect(await older()).toEqual(before);
  expect(await stepIn(`${model()}.stopped`)).toBe(0);
});

describe('before the texts are read', () => {
  test.each<[string, string[], string]>([
    ['heads that do not divide the width', ['--heads', '3', '--out', 'new'], "isn't a multiple of 3 heads"],
    ['an --out that cannot be written', ['--out', 'thesis.txt/new'], "can't be written"],
  ])('%s', async (_, args, message) => {
    const flags = new Map([...pairs(TINY), ...pairs(args)]);
    // A text without a word fails only when it is read.
    await fs.writeFile(at('blank.txt'), ' ');
    const ended = await run('grow', ['--text', 'blank.txt', ...[...flags].flat()]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(await fs.readdir(at())).not.toContain('new');
  });
  const pairs = (args: readonly string[]): [string, string][] =>
    args.flatMap((flag, i) => (i % 2 === 0 ? [[flag, args[i + 1]!] as [string, string]] : []));

  test('and a default warm-up fits the steps', async () => {
    expect(recipeOf((await readModel(model())).info!)).toMatchObject({ steps: 30, warmup: 3 });
  });
});
