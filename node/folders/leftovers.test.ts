/** Only leftovers of killed runs next to an --out are removed, once a later run has come as far. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIST, unfinishedIn } from './listed';
import { readModel } from './readModel';
import { Saves } from './saves';
import { filesOf, markIn, namesIn, withSentinels as sentinelsAt } from '../../cli/testing/withSentinels';

let sandbox: string;
beforeAll(async () => {
  sandbox = await fs.mkdtemp(join(tmpdir(), 'leftovers-'));
});
afterAll(() => fs.rm(sandbox, { recursive: true }));
let made = 0;
const withSentinels = () => sentinelsAt(join(sandbox, String(made++)));

/** A process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;
const deadHolder = (): string => `${hostname().replace(/[^\w-]/g, '_') || 'host'}.${deadPid()}.1.0`;

/** Saves like a run that is then killed. @returns the place of the save */
async function killedRun(out: string, step: number, holder = deadHolder()): Promise<string> {
  const saves = new Saves(out);
  await saves.save(step, () => filesOf(step));
  const list = join(saves.place!, LIST);
  const listed = JSON.parse(await fs.readFile(list, 'utf8')) as { unfinished?: object };
  expect(listed.unfinished).toMatchObject({ step });
  await fs.writeFile(list, JSON.stringify({ ...listed, unfinished: { ...listed.unfinished, holder } }));
  return saves.place!;
}
/** Saves like a run that ends. @returns the removed paths */
async function wholeRun(out: string, step: number): Promise<readonly string[]> {
  const saves = new Saves(out);
  await saves.save(step, () => filesOf(step));
  const removed = await saves.settle();
  await saves.end();
  expect(saves.place).toBe(out);
  return removed;
}

test('leftovers of killed runs, and of interrupted saves, are removed when the next run ends', async () => {
  const { around, model, expectWhole } = await withSentinels();
  const killed = [await killedRun(model, 10), await killedRun(model, 20), await killedRun(model, 30)];
  expect(killed).toEqual([`${model}.stopped`, `${model}.stopped-2`, `${model}.stopped-3`]);
  const work = join(around, '.model.stopped-7.saving');
  await fs.mkdir(join(work, 'lock'), { recursive: true });
  await fs.writeFile(join(work, 'lock', deadHolder()), '');
  await fs.mkdir(join(work, 'draft'));
  await fs.writeFile(join(work, 'draft', 'config.json'), '{');
  expect(await wholeRun(model, 30)).toEqual([...killed, work]);
  expect(await markIn(model)).toBe(30);
  expect(await unfinishedIn(model)).toBeUndefined();
  expect(await namesIn(around)).toBe('model model.txt thesis.txt');
  await expectWhole();
});

test('other files stay, whatever their names', async () => {
  const { around, model, expectWhole } = await withSentinels();
  const further = await killedRun(model, 99); // this run does not come as far
  const changed = await killedRun(model, 10);
  await fs.writeFile(join(changed, 'notes.txt'), 'mine');
  const running = await killedRun(model, 10, (await unfinishedIn(await liveRun(model)))!.holder);
  const opened = await killedRun(model, 10);
  await readModel(opened);
  const moved = await killedRun(model, 10);
  await fs.rename(moved, `${model}.stopped-77`);
  const ended = new Saves(model);
  await ended.save(10, () => filesOf(10));
  await ended.end(); // stopped by Ctrl-C before it was better
  const foreign = `${model}.stopped-88`;
  await fs.mkdir(foreign);
  const before = await namesIn(around);
  expect(await wholeRun(model, 50)).toEqual([]);
  expect(await namesIn(around)).toBe(before);
  for (const place of [further, changed, running, opened, ended.place!])
    expect(await fs.readdir(place)).toContain(LIST);
  await expectWhole();
});

/** Saves as a resumed run does. @returns the place */
async function liveRun(out: string): Promise<string> {
  const saves = new Saves(out);
  await saves.save(5, () => filesOf(5));
  return saves.place!;
}
