/** Which step of a classifier a folder holds once it is trained. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvOf } from '../../src/core/base/csv';
import { bits } from '../../src/core/base/rng';
import { readModel } from './readModel';
import { lines, run, SHORT, TINY } from '../../cli/testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const call = (...args: string[]) => run(args, { cwd: folder });
const tune = (...args: string[]) => call('tune', '--kind', 'classify', ...SHORT, ...args);

const WORDS = 'meeting report lunch project notes call team plan'.split(' ');
const textOf = (i: number): string =>
  Array.from({ length: 5 + (i % 5) }, (_, k) => WORDS[bits(1, 'mail', i, k) % WORDS.length]!).join(' ');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homegrown-best-step-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const weightsOf = async (name: string) => (await readModel(path(name))).snapshot.tensors;

test('a folder holds the best step if the last is worse: judged, asked, exported and resumed there', async () => {
  // Labels without a pattern are memorized, so that the loss on the validation set rises.
  const rows = Array.from({ length: 120 }, (_, i) => [textOf(i), bits(1, 'label', i, 0) & 1 ? 'ham' : 'spam']);
  await writeFile(path('noise.csv'), csvOf([['text', 'label'], ...rows]));
  const own = [...TINY, '--model', 'bert', '--table', 'noise.csv', '--held-out', '0.3', '--warmup', '0'];
  const whole = await tune(...own, '--steps', '40', '--out', 'noise');
  expect(whole).toMatchObject({ code: 0 });
  const events = lines(whole.stdout) as { step: number; valLoss: number; lastStep?: number; metrics?: object }[];
  const measured = events.slice(0, -1);
  const best = measured.reduce((a, b) => (b.valLoss < a.valLoss ? b : a));
  expect(best.step).toBeGreaterThan(0);
  expect(best.step).toBeLessThan(40);
  expect(events.at(-1)).toMatchObject({ step: best.step, lastStep: 40, valLoss: best.valLoss });
  const { info, snapshot, resumable } = await readModel(path('noise'));
  expect(info).toMatchObject({ status: 'finished', state: { step: best.step }, decision: { step: best.step } });
  expect(info!.result).toMatchObject({ step: best.step, loss: best.valLoss });
  expect(info!.evaluations).toMatchObject([{ part: 'validation', metrics: events.at(-1)!.metrics }]);
  expect(info!.decision!.temperature).not.toBe(1);
  expect(await readFile(path('noise', 'README.md'), 'utf8')).toContain(`Step ${best.step}, evaluated on `);
  expect(resumable).toBe(true);
  // A run that ends at that step has its weights.
  expect(await tune(...own, '--steps', String(best.step), '--out', 'there')).toMatchObject({ code: 0 });
  for (const [name, { data }] of await weightsOf('there')) expect(snapshot.tensors.get(name)!.data, name).toEqual(data);
  // With its temperature, the folder and its export give the same confidence.
  const asked = async (from: string) => {
    const { stdout } = await call('classify', '--from', from, '--prompt', 'free plan', '--device', 'wasm', '--json');
    return (lines(stdout)[0] as { probabilities: { ham: number } }).probabilities.ham;
  };
  const exported = await call('export', '--from', 'noise', '--format', 'hf', '--out', 'noise-out');
  expect(exported.stderr).toContain(`Saved classifier: step ${best.step}, best on the validation set.`);
  expect((await readModel(path('noise-out'))).info).toMatchObject({ state: { step: best.step } });
  expect(await asked('noise-out')).toBeCloseTo(await asked('noise'), 4);
  // The run resumes from there as if it had never trained further.
  const again = await call('grow', '--resume', 'noise', '--steps', '40', '--json');
  expect(again).toMatchObject({ code: 0 });
  const after = lines(again.stdout) as typeof events;
  expect(after.slice(0, -1).map(({ step, valLoss }) => [step, valLoss])).toEqual(
    measured.filter(({ step }) => step > best.step).map(({ step, valLoss }) => [step, valLoss]),
  );
  expect(after.at(-1)).toMatchObject({ step: best.step, lastStep: 40 });
}, 240_000);
