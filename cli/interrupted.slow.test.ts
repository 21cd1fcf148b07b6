/** A run that is stopped, killed, or resumed twice at once, compared with an uninterrupted one. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunInfo } from '../src/core/export/homegrownJson';
import { readModel } from '../node/folders/readModel';
import { type Ended, lines, ROOT, run, TINY } from './testing/run';
import { spawnCommand, type SpawnOptions } from './testing/spawnCommand';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const STEPS = 120;
/** All learning rates depend on the number of steps; a save after each step slows the run. */
const schedule = ['--steps', String(STEPS), '--schedule', 'cosine', '--warmup', '30', '--dropout', '0.1'];
const often = ['--save-every', '1', '--eval-every', '20', '--eval-tokens', '64'];
const grow = (args: readonly string[]): Promise<Ended> => run(['grow', '--json', ...args], { cwd: folder });
/** Runs grow in a separate process. */
const spawnGrow = (args: readonly string[], where: Omit<SpawnOptions, 'cwd'>): Promise<Ended> =>
  spawnCommand(['grow', '--json', ...args], { cwd: folder, ...where });

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'interrupted-')));
  await writeFile(path('text.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
  const anew = ['--text', 'text.txt', ...TINY, ...schedule, ...often];
  expect(await grow([...anew, '--out', 'straight'])).toMatchObject({ code: 0, stderr: '' });
  let watch: NodeJS.Timeout | undefined;
  stopped = await spawnGrow([...anew, '--out', 'stopped'], {
    onStart(child) {
      watch = setInterval(() => {
        if (!isBetween(savedStep())) return;
        clearInterval(watch);
        child.kill('SIGINT');
      }, 5);
    },
  });
  clearInterval(watch);
  expect(stopped).toMatchObject({ code: 0, stderr: '' });
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));
let stopped: Ended;

/** Evaluations come every twenty steps. */
const isBetween = (step: number): boolean => step > 20 && step % 20 > 0 && step % 20 < 10;
function savedStep(): number {
  try {
    return (JSON.parse(readFileSync(path('stopped/homegrown.json'), 'utf8')) as RunInfo).state.step;
  } catch {
    return 0; // the file is being written
  }
}

const infoOf = async (model: string): Promise<RunInfo> => (await readModel(path(model))).info!;
const stepOf = async (model: string): Promise<number> => (await infoOf(model)).state.step;

/** Model bit for bit, and the curve without clock values and the evaluation at the stop. */
async function made(model: string): Promise<object> {
  const hash = async (name: string) => createHash('sha256').update(await readFile(path(model, name)));
  const names = ['model.safetensors', 'optimizer.safetensors', 'tokenizer.json'];
  const tensors = await Promise.all(names.map(async (name) => (await hash(name)).digest('hex')));
  const { events } = await readModel(path(model));
  const curve = events.flatMap((event) => {
    if (event.kind === 'step') return [[event.step, event.loss, event.learningRate, event.gradientNorm]];
    return event.kind === 'evaluated' && event.step % 20 === 0 ? [[event.step, event.loss]] : [];
  });
  expect(curve.length).toBe(STEPS + 1 + STEPS / 20);
  const { segments, model: choice, result } = await infoOf(model);
  return { tensors, curve, segments, choice, result };
}

test('a stop is saved with its evaluation, and the resumed run has the bits of an uninterrupted one', async () => {
  const { step, valLoss } = lines(stopped.stdout).at(-1) as { step: number; valLoss: number };
  expect(step).toBeLessThan(STEPS);
  expect(step % 20).not.toBe(0);
  const { info, events } = await readModel(path('stopped'));
  expect(info).toMatchObject({ state: { step }, result: { step, loss: valLoss }, status: 'stopped' });
  expect(await infoOf('straight')).toMatchObject({ status: 'finished' });
  expect(events.findLast((event) => event.kind === 'evaluated')).toMatchObject({ step, loss: valLoss });
  const first = events.find((event) => event.kind === 'evaluated')!;
  expect(info!.state.best?.step === step || valLoss > first.loss).toBe(true);

  await cp(path('stopped'), path('on'), { recursive: true });
  const ended = await grow(['--resume', 'on']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ended.stdout).at(-1)).toMatchObject({ step: STEPS, out: 'on' });
  expect(await made('on')).toEqual(await made('straight'));
}, 120_000);

test('killed repeatedly during saves, a run resumes in its folder to the same bits', async () => {
  await cp(path('stopped'), path('killed'), { recursive: true });
  const killAt = pathToFileURL(join(ROOT, 'cli/testing/killAt.mjs')).href;
  // A save makes about seventy calls, the first before it. Nobody reads the folder in between.
  for (const call of [75, 115, 165]) {
    const env = { NODE_OPTIONS: `--import ${killAt}`, KILL_AT: String(call), KILL_UNDER: folder };
    const ended = await spawnGrow(['--resume', 'killed'], { env });
    expect(ended.stderr).toMatch(/Signal SIGKILL ended the command/);
  }
  const ended = await grow(['--resume', 'killed']);
  expect(ended.code, ended.stderr).toBe(0);
  expect(lines(ended.stdout).at(-1)).toMatchObject({ step: STEPS, out: 'killed' });
  expect(await made('killed')).toEqual(await made('straight'));
  expect((await readdir(folder)).filter((name) => name.includes('killed'))).toEqual(['killed']);
}, 240_000);

test('resumed twice at once, one saves in its folder and the other next to it, and neither replaces the other', async () => {
  await cp(path('stopped'), path('two'), { recursive: true });
  const on = ['--resume', 'two', '--steps', '100000'];
  let second: Promise<Ended> | undefined;
  let areStopped = false;
  const first = await spawnGrow(on, {
    onOutput(one) {
      second ??= spawnGrow(on, {
        onOutput(other) {
          if (!areStopped) for (const child of [one, other]) child.kill('SIGINT'); // a second one would end it at once
          areStopped = true;
        },
      });
    },
  });
  const ends = [first, await second!];
  const said = ends.map(({ stdout }) => lines(stdout).at(-1) as { step: number; out: string });
  const codes = new Map(said.map(({ out }, i) => [out, ends[i]!.code]));
  expect(Object.fromEntries(codes)).toEqual({ two: 0, 'two-2': 3 });
  for (const { out, step } of said) expect(await stepOf(out)).toBe(step);
  expect((await readdir(folder)).filter((name) => name.includes('two')).sort()).toEqual(['two', 'two-2']);
}, 240_000);
