/**
 * Kills a resumed run at each call that changes the disk, and in the middle of each file. The next command finds a complete
 * save, the one before or the one after, and resumes from it to the bits of an uninterrupted run.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, link, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MODEL_FILES } from '../node/folders/listed';
import { readModel } from '../node/folders/readModel';
import { lines, ROOT, run, TINY } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const settings = ['--warmup', '2', '--dropout', '0.1', '--eval-every', '3', '--save-every', '100'];
const TO_THE_END = ['--steps', '12', '--save-every', '100'];
/** Number of a call after those that check whether the folder is writable. */
const AMID_THE_FIRST = 60;
const grow = async (cwd: string, ...args: string[]) => {
  const ended = await run(['grow', '--json', ...args], { cwd });
  expect(ended.code, ended.stderr).toBe(0);
  return lines(ended.stdout).at(-1)!;
};

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'killed-')));
  await writeFile(path('text.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
  const anew = ['--text', 'text.txt', ...TINY, ...settings, '--schedule', 'constant'];
  await grow(folder, ...anew, '--steps', '12', '--out', 'whole');
  await grow(folder, ...anew, '--steps', '4', '--out', 'begun');
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

/** Hash of a model's files in a folder, whatever else is there; null without a model. */
async function hashOf(model: string): Promise<string | null> {
  if (!existsSync(join(model, 'homegrown.json'))) return null;
  const hash = createHash('sha256');
  for (const name of [...MODEL_FILES, 'local.json'].sort()) hash.update(name).update(await readFile(join(model, name)));
  return hash.digest('hex');
}
/** Model as the next command finds it. */
async function foundIn(model: string): Promise<string | null> {
  const read = await readModel(model).catch((error: unknown) => {
    if (existsSync(model) && existsSync(join(model, 'homegrown.json'))) throw error;
    return null;
  });
  return read && hashOf(model);
}

/** Trainable weights and their results, bit for bit. */
async function bits(model: string): Promise<object> {
  const { info, events } = await readModel(model);
  const tensors = ['model.safetensors', 'optimizer.safetensors', 'tokenizer.json'].map(async (name) =>
    createHash('sha256')
      .update(await readFile(join(model, name)))
      .digest('hex'),
  );
  // A run is also evaluated at its start and end.
  const curve = events.flatMap((event) => {
    if (event.kind === 'step') return [[event.step, event.loss, event.learningRate, event.gradientNorm]];
    return event.kind === 'evaluated' && event.step % 3 === 0 ? [[event.step, event.loss]] : [];
  });
  return { tensors: await Promise.all(tensors), curve, result: info!.result, segments: info!.segments };
}

const SENTINELS = ['thesis.txt', 'dir.txt', 'dir/notes.txt', 'dir/notes/chapter.md'];
/** `dir` with a run at step 4, and things of somebody's in it and around it. */
async function around(name: string): Promise<string> {
  const at = path(name, 'around');
  await mkdir(at, { recursive: true });
  await cp(path('begun'), join(at, 'dir'), { recursive: true });
  await mkdir(join(at, 'dir/notes'));
  for (const sentinel of SENTINELS) await writeFile(join(at, sentinel), sentinel);
  return at;
}
async function expectSentinels(at: string): Promise<void> {
  for (const name of SENTINELS) expect(await readFile(join(at, name), 'utf8')).toBe(name);
}

/** @returns folders with the state at each call, and then at the end */
async function statesOf(at: string, args: readonly string[], stopAt?: number): Promise<readonly string[]> {
  const states = join(at, '../states');
  await mkdir(states);
  const preload = pathToFileURL(join(ROOT, 'cli/testing/statesOf.mjs')).href;
  const env = { NODE_OPTIONS: `--import ${preload}`, STATES_OF: at, STATES_TO: states, STOP_AT: String(stopAt) };
  const ended = await spawnCommand(['grow', '--json', ...args], { cwd: at, env });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  await cp(at, join(states, 'end'), { recursive: true, verbatimSymlinks: true });
  return (await readdir(states)).sort().map((name) => join(states, name));
}

/** The same files at another place, so later writes there don't touch the originals. */
async function linked(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true }))
    await (entry.isDirectory() ? linked : link)(join(from, entry.name), join(to, entry.name));
}

/**
 * Reads each state as the next command would.
 * @param models names: each model is complete or absent, and nothing else is there
 * @returns each distinct finding, with an unread state that has the most work left
 */
async function lookedInto(states: readonly string[], models: readonly string[]): Promise<Map<string, string>> {
  const first = new Map<string, string>();
  let before = '';
  for (const state of states) {
    const kept = `${state}-kept`;
    await linked(state, kept);
    const hashes: (string | null)[] = [];
    for (const model of models) hashes.push(await foundIn(join(state, model)));
    await expectSentinels(state);
    const there = ['dir.txt', 'thesis.txt', ...models.filter((_, i) => hashes[i] !== null)];
    expect((await readdir(state)).sort(), state).toEqual(there.sort());
    const found = hashes.join(' ');
    // Findings change in order, and none comes back.
    if (found !== before) expect(first.has(found), state).toBe(false);
    if (found !== before) first.set((before = found), kept);
    else await rm(kept, { recursive: true });
  }
  return first;
}

test('resumes in its folder, and is stopped there', async () => {
  const at = await around('in-place');
  // A run stopped during a save is evaluated, and saves again with the result.
  const states = await statesOf(at, ['--resume', 'dir', '--steps', '1000', '--save-every', '1'], AMID_THE_FIRST);
  expect(states.length).toBeGreaterThan(200);
  const found = await lookedInto(states, ['dir']);
  // Unchanged, with the step, and with its metrics; perhaps with one more step.
  expect(found.size).toBeGreaterThanOrEqual(3);
  for (const state of found.values()) {
    expect(await grow(state, '--resume', 'dir', ...TO_THE_END)).toMatchObject({ step: 12, out: 'dir' });
    expect(await bits(join(state, 'dir'))).toEqual(await bits(path('whole')));
    await expectSentinels(state);
    expect((await readdir(state)).sort()).toEqual(['dir', 'dir.txt', 'thesis.txt']);
  }
}, 120_000);

test('resumes into a folder with another model: it is saved next to that model and replaces it at the end', async () => {
  const at = await around('beside');
  const before = await hashOf(join(at, 'dir'));
  await cp(path('whole'), join(at, 'other'), { recursive: true });
  const states = await statesOf(at, ['--resume', 'dir', '--out', 'other', '--steps', '5']);
  expect(states.length).toBeGreaterThan(150);
  const found = await lookedInto(states, ['dir', 'other', 'other.stopped']);
  // Next to it: nothing; the step; nothing again, once the step has replaced it.
  expect(found.size).toBe(3);
  for (const [hashes, state] of [...found].slice(1)) {
    expect(hashes.split(' ')[0]).toBe(before);
    expect(await grow(state, '--resume', 'dir', '--out', 'other', ...TO_THE_END)).toMatchObject({ out: 'other' });
    expect(await bits(join(state, 'other'))).toEqual(await bits(path('whole')));
    expect(await hashOf(join(state, 'dir'))).toBe(before);
    await expectSentinels(state);
  }
}, 120_000);
