/** Instruction tuning: the loss covers the assistant turns only. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModel } from '../node/folders/readModel';
import { lines, run } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const call = (...args: string[]) => run(args, { cwd: folder });
const SHORT = ['--steps', '6', '--eval-every', '3', '--batch', '2', '--device', 'wasm', '--json'];
const tune = (...args: string[]) => call('tune', '--kind', 'instruct', '--from', 'base', ...SHORT, ...args);
const chat = (question: string, answer: string, system?: string) => ({
  messages: [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ],
});
const rowsOf = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const CHATS = Array.from({ length: 24 }, (_, i) =>
  chat(`Wie viele Wale sind ${i}?`, `Es sind ${i}.`, i % 3 === 0 ? 'Sei kurz.' : undefined),
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tune-chats-'));
  await writeFile(path('whale.txt'), 'Ein Wal, das ist kein Fisch. '.repeat(80));
  await writeFile(path('chats.jsonl'), rowsOf(CHATS));
  const sizes = ['--layers', '1', '--heads', '2', '--width', '16', '--context', '96', '--batch', '2'];
  const base = [
    '--text',
    'whale.txt',
    '--special',
    'user,assistant,system',
    ...sizes,
    '--steps',
    '2',
    '--device',
    'wasm',
  ];
  expect(await call('grow', ...base, '--json', '--out', 'base')).toMatchObject({ code: 0 });
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

test('answers are trained and evaluated, and the template is saved with the model', async () => {
  const whole = await tune('--chats', 'chats.jsonl', '--adapter', 'lora:2', '--old', 'whale.txt', '--out', 'whole');
  expect(whole.code).toBe(0);
  const summary = lines(whole.stdout).at(-1)!;
  expect(summary).toHaveProperty('forgetting.before');
  expect(summary).toHaveProperty('metrics.perplexity.value');
  // The whole held-out set fits into an evaluation, so both ways to measure it agree.
  const { perplexity } = (summary as { metrics: { perplexity: { value: number } } }).metrics;
  expect(perplexity.value).toBeCloseTo(Math.exp((summary as { valLoss: number }).valLoss), 3);
  const config = JSON.parse(await readFile(path('whole/tokenizer_config.json'), 'utf8')) as Record<string, string>;
  expect(config['chat_template']).toContain('<|assistant|>');
}, 240_000);

test('a stopped run on chats resumes as if uninterrupted', async () => {
  const constant = ['--chats', 'chats.jsonl', '--schedule', 'constant'];
  const [six, three] = [SHORT, ['--steps', '3', ...SHORT.slice(2)]];
  const begin = (length: string[], out: string) =>
    call('tune', '--kind', 'instruct', '--from', 'base', ...length, ...constant, '--out', out);
  expect(await begin(six, 'six')).toMatchObject({ code: 0 });
  expect(await begin(three, 'three')).toMatchObject({ code: 0 });
  expect(await call('grow', '--resume', 'three', '--steps', '6')).toMatchObject({ code: 0 });
  const [a, b] = [await readModel(path('six')), await readModel(path('three'))];
  for (const [name, { data }] of a.snapshot.tensors) expect(b.snapshot.tensors.get(name)!.data, name).toEqual(data);
  const own = await call('evaluate', '--from', 'three', '--device', 'wasm', '--json');
  expect(own).toMatchObject({ code: 0 });
  expect(lines(own.stdout)[0]).toHaveProperty('metrics.perplexity');
}, 240_000);

test('questions of one column and answers of another are chats too', async () => {
  const rows = CHATS.map(({ messages }) =>
    messages.filter(({ role }) => role !== 'system').map(({ content }) => `"${content}"`),
  );
  await writeFile(path('pairs.csv'), ['frage,antwort', ...rows.map((row) => row.join(','))].join('\n'));
  const ended = await tune('--pairs', 'pairs.csv:input=frage,target=antwort', '--out', 'pairs');
  expect(ended.code).toBe(0);
  expect((await readModel(path('pairs'))).info!.segments[0].recipe.objective).toBe('chats');
}, 120_000);

test('malformed rows are listed, and skipped on request, also by the run that resumes', async () => {
  const bad = [rowsOf(CHATS.slice(0, 12)), '{"messages": [\n', rowsOf([chat('Wo?', ' ')]), rowsOf(CHATS.slice(12))];
  await writeFile(path('some.jsonl'), bad.join(''));
  const asked = ['--chats', 'some.jsonl', '--schedule', 'constant'];
  const refused = await tune(...asked, '--out', 'some');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^ {2}line 13 isn't a JSON object: .*\n {2}line 14 has an empty answer, message 2\n/m);
  expect(lines(refused.stdout).at(-1)).toMatchObject({
    error: {
      code: 'bad-rows',
      message: expect.stringMatching(/some.jsonl has 2 malformed rows.*--skip-bad-rows/) as string,
      rows: { count: 2, listed: [{ place: 'line 13' }, { place: 'line 14' }] },
    },
  });

  const inWords = ['tune', '--kind', 'instruct', '--from', 'base', ...SHORT.slice(0, -1)];
  const whole = await call(...inWords, ...asked, '--skip-bad-rows', '--out', 'some');
  expect(whole).toMatchObject({ code: 0 });
  expect(whole.stderr).toContain('some.jsonl: Skipped 2 malformed rows: line 13, line 14.');
  expect(whole.stderr).toContain('some.jsonl: 24 conversations.');
  const on = await call('grow', '--resume', 'some', '--steps', '8', '--device', 'wasm', '--json');
  expect(on).toMatchObject({ code: 0 });
  expect(lines(on.stdout).at(-1)).toMatchObject({ step: 8 });
}, 240_000);

test.each([
  [
    { messages: [{ role: 'assistant', content: 'Ja.' }] },
    /bad.jsonl has 1 malformed row: line 2 starts with an answer/,
  ],
  [chat('Wo?', ' '), /line 2 has an empty answer/],
  [{ messages: [...CHATS[1]!.messages, { role: 'tool', content: 'x' }] }, /line 2 has the role .*tool/],
])(
  '%j is refused with its line, and nothing is written',
  async (row, words) => {
    await writeFile(path('bad.jsonl'), rowsOf([CHATS[0]!, row, ...CHATS.slice(1)]));
    const ended = await tune('--chats', 'bad.jsonl', '--out', 'bad');
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(words);
    await expect(readModel(path('bad'))).rejects.toThrow();
  },
  60_000,
);

test.each([
  ['{{ unknown', /The chosen chat template can’t be read/],
  ['{% for m in messages %}{% if m.role != "assistant" %}{{ m.content }}{% endif %}{% endfor %}', /drops|answer/],
])(
  'the template %j is refused before the start',
  async (template, words) => {
    await writeFile(path('bad.jinja'), template);
    const ended = await tune('--chats', 'chats.jsonl', '--template', 'bad.jinja', '--out', 'bad');
    expect(ended.code).toBe(2);
    expect(ended.stdout).toMatch(words);
  },
  60_000,
);

test.each([
  [
    ['--chats', 'chats.jsonl', '--text', 'whale.txt'],
    /--text is for --kind adapt. --kind instruct needs one of --chats and --pairs/,
  ],
  [[], /--kind instruct needs one of --chats and --pairs/],
  [['--chats', 'whale.txt'], /whale.txt/],
  [['--chats', 'chats.jsonl', '--objective', 'causal'], /Remove --objective/],
])(
  '%j is refused',
  async (flags, words) => {
    const ended = await tune(...flags, '--out', 'none');
    expect(ended.code).not.toBe(0);
    expect(ended.stdout + ended.stderr).toMatch(words);
  },
  60_000,
);
