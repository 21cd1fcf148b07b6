/** Tuning a classifier that begins from another classifier. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvOf } from '../src/core/base/csv';
import { readModel } from '../node/folders/readModel';
import { GOOD, ROWS, words } from './testing/mails';
import { type Ended, run, SHORT, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const call = (...args: string[]) => run(args, { cwd: folder });
const WASM = ['--device', 'wasm'];
const tune = (...args: string[]) => call('tune', '--kind', 'classify', ...SHORT, ...args);
const MAILS = ['--table', 'mails.csv:text=body,label=kind'];
/** One step that changes no weight by more than rounding. */
const NO_CHANGE = ['--steps', '1', '--warmup', '0', '--weight-decay', '0', '--learning-rate', '1e-9', '--seed', '7'];
const STILL = ['--eval-every', '1', '--schedule', 'constant', '--json', ...NO_CHANGE, ...WASM];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homegrown-classifier-'));
  const rows = ROWS.map(([, body, kind]) => [body, kind.toLowerCase()]);
  await writeFile(path('mails.csv'), csvOf([['body', 'kind'], ...rows]));
  const news = Array.from({ length: 40 }, (_, i) => [`${words(GOOD, i, 3)} news ${i}`, 'news']);
  await writeFile(path('news.csv'), csvOf([['body', 'kind'], ...rows, ...news]));
  await writeFile(path('text.txt'), rows.map(([body]) => body).join('\n'));
  const first = ['--model', 'bert', ...TINY, ...MAILS, '--steps', '8', '--out', 'first'];
  expect(await tune(...first)).toMatchObject({ code: 0 });
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A label's row of the matrix that scores labels, and its bias. */
async function headOf(name: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const { model, snapshot } = await readModel(path(name));
  const [matrix, bias] = ['classifier.weight', 'classifier.bias'].map((key) => snapshot.tensors.get(key)!.data);
  const width = model.config.width;
  const rows = model.config.classes!.labels.map(
    (label, i) => [label, [...matrix!.slice(i * width, (i + 1) * width), bias![i]!]] as const,
  );
  return new Map(rows);
}

test('a classifier keeps the head of its base; with another label, the rows of the remaining ones', async () => {
  const before = await headOf('first');
  const again = ['tune', '--kind', 'classify', '--from', 'first', ...STILL];
  expect(await call(...again, ...MAILS, '--out', 'same')).toMatchObject({ code: 0 });
  const wider = await call(...again, '--table', 'news.csv:text=body,label=kind', '--out', 'wider');
  expect(wider).toMatchObject({ code: 0 });
  const [same, other] = [await headOf('same'), await headOf('wider')];
  expect([...other.keys()]).toEqual(['ham', 'news', 'spam']);
  for (const [label, row] of before)
    for (const [i, x] of row.entries()) {
      expect(same.get(label)![i], label).toBeCloseTo(x, 5);
      expect(other.get(label)![i], label).toBeCloseTo(x, 5);
    }
}, 240_000);

test('a classifier is refused as a base for text', async () => {
  const adapt = ['tune', '--kind', 'adapt', '--from', 'first', '--text', 'text.txt', ...STILL, '--out', 'adapted'];
  expectRefused(await call(...adapt), /base model is a classifier, which can’t generate text/);
}, 240_000);

test('a classifier refuses to replay unlabeled text, also on resume', async () => {
  const replay = ['--steps', '12', '--replay', '0.1', ...WASM];
  const replayed = await tune('--from', 'first', ...MAILS, ...replay, '--out', 'replayed');
  expectRefused(replayed, /can’t replay unlabeled text/);
  expectRefused(await call('grow', '--resume', 'first', '--json', ...replay), /can’t replay unlabeled text/);
}, 240_000);

function expectRefused({ code, stdout }: Ended, why: RegExp): void {
  expect(code).toBe(2);
  expect(stdout).toMatch(why);
}
