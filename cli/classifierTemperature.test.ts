/** The temperature of a classifier: fitted on its validation set, saved with the folder, and applied once. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvOf } from '../src/core/base/csv';
import { unwatched } from '../src/core/base/job';
import { BINS } from '../src/core/evaluate/likelihood';
import { readHeldOutSet } from '../node/texts/evaluationData';
import { readModel } from '../node/folders/readModel';
import { ROWS } from './testing/mails';
import { lines, run, SHORT, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const call = (...args: string[]) => run(args, { cwd: folder });
const NEW = [...TINY, '--model', 'bert'];
const tune = (...args: string[]) => call('tune', '--kind', 'classify', ...SHORT, ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homegrown-temperature-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the fitted temperature is saved, and every reader of the folder uses it', async () => {
  const mixed = ROWS.map(([subject, body, kind], i) => [
    `${subject} ${body}`,
    (kind === 'ham') === i % 7 < 6 ? 'ham' : 'spam',
  ]);
  await writeFile(path('mixed.csv'), csvOf([['text', 'label'], ...mixed]));
  const own = [...NEW, '--table', 'mixed.csv', '--held-out', '0.3', '--steps', '80', '--out', 'warm'];
  const report = lines((await tune(...own)).stdout).at(-1) as {
    step: number;
    temperature: number;
    calibrationError: { asItLearnt: number; scaled: number };
  };
  expect(report.temperature).not.toBe(1);
  const { info } = await readModel(path('warm'));
  expect(info!.decision).toEqual({ temperature: report.temperature, atLeast: 0, step: report.step });

  const { labeled } = await readHeldOutSet(path('warm'), 'validation', unwatched.signal);
  const held = labeled!.map(({ ids: _, ...text }) => text);
  await writeFile(path('held.csv'), csvOf([['text'], ...held.map(({ text }) => [text])]));
  const scored = async (from: string) =>
    (
      lines(
        (await call('classify', '--from', from, '--table', 'held.csv:text=text', '--device', 'wasm', '--json')).stdout,
      ) as { label: string; probabilities: Record<string, number> }[]
    ).map(({ label, probabilities }, i) => ({
      sure: Math.max(...Object.values(probabilities)),
      isRight: label === held[i]!.label,
      odds: Math.log(probabilities['ham']! / probabilities['spam']!),
    }));
  const scaled = await scored('warm');
  expect(await call('export', '--from', 'warm', '--format', 'hf', '--out', 'out')).toMatchObject({ code: 0 });
  expect((await readModel(path('out'))).info!.decision).toMatchObject({ ...info!.decision, inWeights: true });
  const again = await scored('out');
  again.forEach(({ odds }, i) => expect(odds).toBeCloseTo(scaled[i]!.odds, 2));

  // As trained: by raw scores.
  const file = path('warm', 'homegrown.json');
  const { decision: _, ...plain } = JSON.parse(await readFile(file, 'utf8')) as { decision: object };
  await writeFile(file, JSON.stringify(plain));
  const asItLearnt = await scored('warm');
  expect(errorOf(asItLearnt)).toBeCloseTo(report.calibrationError.asItLearnt, 2);
  asItLearnt.forEach(({ odds }, i) => expect(odds / report.temperature).toBeCloseTo(scaled[i]!.odds, 2));
  // The reported error uses temperatures fitted on other texts.
  expect(errorOf(scaled)).toBeLessThan(errorOf(asItLearnt));
}, 240_000);

/** Percent. */
function errorOf(texts: readonly { sure: number; isRight: boolean }[]): number {
  const off = new Array<number>(BINS).fill(0);
  for (const { sure, isRight } of texts) off[Math.min(BINS - 1, Math.floor(sure * BINS))]! += sure - Number(isRight);
  return (100 * off.reduce((sum, one) => sum + Math.abs(one), 0)) / texts.length;
}

test("a temperature already in a folder's weights is not applied twice", async () => {
  const texts = ['--prompt', 'win money meeting', '--device', 'wasm', '--json'];
  const given = async (): Promise<unknown> => lines((await call('classify', '--from', 'warm', ...texts)).stdout)[0];
  const file = path('warm', 'homegrown.json');
  const { decision: _, ...info } = JSON.parse(await readFile(file, 'utf8')) as {
    decision: object;
    state: { step: number };
  };
  await writeFile(file, JSON.stringify(info));
  const before = await given();
  const decision = { temperature: 4, atLeast: 0, step: info.state.step };
  const written = async (more: object): Promise<unknown> => {
    await writeFile(file, JSON.stringify({ ...info, decision: { ...decision, ...more } }));
    return given();
  };
  expect(await written({ inWeights: true })).toEqual(before);
  expect(await written({})).not.toEqual(before);
  await writeFile(file, JSON.stringify(info));
});

test('an evaluation on the validation set uses the temperature that it fits and saves', async () => {
  const file = path('warm', 'homegrown.json');
  const { decision: _, ...info } = JSON.parse(await readFile(file, 'utf8')) as { decision: object };
  await writeFile(file, JSON.stringify(info));
  const evaluated = async (): Promise<unknown> =>
    lines((await call('evaluate', '--from', 'warm', '--at-least', '0.8', '--device', 'wasm', '--json')).stdout)[0];
  const first = await evaluated();
  expect((await readModel(path('warm'))).info!.decision!.temperature).not.toBe(1);
  expect(await evaluated()).toEqual(first);
  // The answers depend on the temperature.
  const { answers } = first as { answers: unknown };
  expect(answers).toBeTruthy();
}, 60_000);
