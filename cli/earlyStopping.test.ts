/** Early stopping ends a run of every objective, and commands use the best step. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvOf } from '../src/core/base/csv';
import { bits } from '../src/core/base/rng';
import { modelsFor, type ObjectiveId, OBJECTIVES } from '../src/core/objectives';
import { recipeOf } from '../src/core/runs/segments';
import { readModel } from '../node/folders/readModel';
import { lines, run, SHORT, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const call = (...args: string[]) => run(args, { cwd: folder });

const WORDS = 'whale sea ship storm sail harbor captain wind'.split(' ');
/** Words without a pattern, so that a model memorizes its training set and gets worse on the validation set. */
const noise = (i: number, length: number): string =>
  Array.from({ length }, (_, k) => WORDS[bits(1, 'noise', i, k) % WORDS.length]!).join(' ');

/** A text whose first word matches its label in three of four cases. */
function labeledTable([text]: readonly string[], i: number): readonly string[] {
  const isHam = i % 2 === 0;
  const isNamed = bits(1, 'named', i, 0) % 4 > 0;
  return [`${isHam === isNamed ? 'calm' : 'wild'} ${text!}`, isHam ? 'ham' : 'spam'];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homegrown-early-'));
  const rows = Array.from({ length: 60 }, (_, i) => [noise(i, 3), noise(1000 + i, 2)] as const);
  await writeFile(path('text.txt'), Array.from({ length: 40 }, (_, i) => `${noise(i, 8)}.`).join('\n'));
  await writeFile(path('pairs.csv'), csvOf([['input', 'target'], ...rows]));
  await writeFile(path('labels.csv'), csvOf([['text', 'label'], ...rows.map(labeledTable)]));
  const chats = rows.map(([question, answer]) => ({
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
  }));
  await writeFile(path('chats.jsonl'), chats.map((chat) => `${JSON.stringify(chat)}\n`).join(''));
  const base = [...(TINY as readonly string[]).with(7, '96'), '--special', 'user,assistant', '--steps', '2', '--json'];
  expect(await call('grow', '--text', 'text.txt', ...base, '--out', 'base')).toMatchObject({ code: 0 });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const grow = (...args: string[]) => ['grow', ...TINY, ...args];
const tune = (kind: string, ...args: string[]) => ['tune', '--kind', kind, '--batch', '4', '--device', 'wasm', ...args];
const BASE = ['--from', 'base'];
const CASES: readonly (readonly [name: string, objective: ObjectiveId, args: readonly string[]])[] = [
  ['causal LM', 'causal', grow('--text', 'text.txt')],
  ['masked LM', 'masked', grow('--model', 'bert', '--text', 'text.txt')],
  ['span corruption', 'spanCorruption', grow('--model', 't5', '--text', 'text.txt')],
  ['prefix LM', 'prefix', grow('--model', 't5', '--objective', 'prefix', '--text', 'text.txt')],
  ['pairs', 'pairs', grow('--model', 't5', '--pairs', 'pairs.csv')],
  ['text, full', 'causal', tune('adapt', ...BASE, '--text', 'text.txt')],
  ['text, LoRA', 'causal', tune('adapt', ...BASE, '--adapter', 'lora:4', '--text', 'text.txt')],
  ['chats, full', 'chats', tune('instruct', ...BASE, '--chats', 'chats.jsonl')],
  ['chats, LoRA', 'chats', tune('instruct', ...BASE, '--adapter', 'lora:4', '--chats', 'chats.jsonl')],
  ['labels', 'labels', tune('classify', ...TINY.slice(0, 8), '--tokenizer', 'bytes', '--table', 'labels.csv', '--held-out', '0.3')], // prettier-ignore
];

/** Objectives of documents that the table lacks, on the first architecture that supports them. */
const OTHERS = (Object.keys(OBJECTIVES) as ObjectiveId[])
  .filter((id) => !CASES.some(([, objective]) => objective === id))
  .map((id) => [id, id, grow('--model', modelsFor(id)[0]!, '--objective', id, '--text', 'text.txt')] as const);

test.each([...CASES, ...OTHERS])(
  '%s: the run ends early, and its folder holds the best step',
  async (name, objective, args) => {
    const out = name.replaceAll(/\W+/g, '-');
    const rate = SHORT.with(SHORT.indexOf('--learning-rate') + 1, '0.03');
    const stopping = ['--steps', '400', '--warmup', '0', '--patience', '2', '--min-delta', '0'];
    const ended = await call(...args, ...rate, ...stopping, '--out', out);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const said = lines(ended.stdout) as { step: number; valLoss: number }[];
    const best = said.slice(0, -1).reduce((a, b) => (b.valLoss < a.valLoss ? b : a));
    expect(best.step).toBeGreaterThan(0);
    expect(said.at(-1)).toMatchObject({ endedEarly: true, step: best.step, lastStep: best.step + 2 * 4 });
    const { info } = await readModel(path(out));
    expect(info).toMatchObject({ status: 'finished', state: { step: best.step, best: { step: best.step } } });
    expect(info!.result).toMatchObject({ step: best.step, loss: best.valLoss });
    expect(recipeOf(info!)).toMatchObject({ objective, patience: 2 });
    const exported = await call('export', '--from', out, '--format', 'hf', '--out', `${out}-hf`);
    expect(exported).toMatchObject({ code: 0 });
    expect(exported.stderr).toContain(`step ${best.step}, best on the validation set.`);
    expect((await readModel(path(`${out}-hf`))).info).toMatchObject({ state: { step: best.step } });
  },
  120_000,
);

test('a run that ended early names the command that trains past its end, and that command works', async () => {
  const words = ['--eval-every', '4', '--schedule', 'constant', '--learning-rate', '0.03', '--warmup', '0'];
  const ended = await call(...grow('--text', 'text.txt'), ...words, '--patience', '2', '--out', 'words');
  expect(ended).toMatchObject({ code: 0 });
  const [, end] = /^Finished early, because it no longer improved, at step (\d+) /m.exec(ended.stdout) ?? [];
  expect(end, ended.stdout).toBeDefined();
  expect(ended.stdout).toContain('To continue: npm run grow -- --resume words --patience 0\n');
  const further = Number(end) + 4;
  const on = await call('grow', '--resume', 'words', '--patience', '0', '--steps', String(further), '--json');
  expect(on).toMatchObject({ code: 0 });
  expect(lines(on.stdout).at(-2)).toMatchObject({ step: further });
}, 120_000);

test('patience that exceeds a short run is reported before the first step', async () => {
  const short = ['--steps', '8', '--eval-every', '4', '--patience', '5', '--out', 'short'];
  const ended = await call(...grow('--text', 'text.txt'), ...short);
  expect(ended.stderr).toContain(
    "--patience 5 can't end this run: it has 1 evaluation before its last step. Lower --eval-every.\n",
  );
}, 120_000);
