import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunInfo } from '../src/core/export/homegrownJson';
import { huggingFaceFiles } from '../src/core/export/formats/huggingFace/write';
import { readBytes } from '../src/core/files/byteSource';
import { trainedModels } from '../src/testing/trainedModel';
import { untrainedBert } from '../src/testing/untrainedModels';
import type { TaskScores } from '../src/core/evaluate/tasks';
import { keepEvaluation } from '../node/folders/keepEvaluation';
import { openSavedRun } from '../node/folders/savedRun';
import { run } from './testing/run';

let folder: string;
const path = (name: string): string => join(folder, name);
const models = ['bytes', 'pairs'].map((name, i) => ({ name, place: 2 * i }));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-'));
  const trained = await trainedModels();
  for (const { name, place } of models) {
    await mkdir(path(name));
    for (const file of huggingFaceFiles(trained[place]!, { withOptimizer: false })) {
      await writeFile(join(path(name), file.name), await readBytes(file));
    }
  }
  await writeFile(path('text'), 'It was the whale, the white whale, that he sought in every sea. '.repeat(40));
  await writeFile(path('empty'), '');
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

test('metrics come with intervals and n-gram baselines', async () => {
  const flags = [
    '--from',
    path('bytes'),
    '--text',
    path('text'),
    '--train',
    path('text'),
    '--device',
    'wasm',
    '--json',
  ];
  await writeFile(path('own.csv'), 'first,second\nHe ran.,She ran.\nIt was he.,It was she.\n');
  const lists = ['--minimal-pairs', 'bundled', '--swaps', path('own.csv')];
  const { code, stdout, stderr } = await run(['evaluate', ...flags, ...lists], { wholeTexts: true });
  expect(code).toBe(0);
  // The model generates the same few words.
  expect(stderr).toMatch(/^(Left out: interval of \w+\. The generated texts all have the same value.*\n)?$/);
  const { metrics, baselines, minimalPairs, swaps } = JSON.parse(stdout) as {
    metrics: Record<string, { value: number; low: number; high: number; unit: string }>;
    baselines: Record<string, Record<string, number>>;
    minimalPairs: Record<'all', Share> & { kinds: Record<string, Share> };
    swaps: { kinds: Record<string, Share> };
  };
  const likelihoods = ['loss', 'perplexity', 'bitsPerByte', 'top1', 'top5', 'calibrationError'];
  const freely = ['distinct1', 'distinct2', 'repetition', 'loops'];
  expect(Object.keys(metrics)).toEqual([...likelihoods, ...freely]);
  for (const { value, low, high } of likelihoods.map((name) => metrics[name]!)) {
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
  }
  expect(Object.keys(baselines).sort()).toEqual(['bigram', 'gzip', 'heldOut', 'trigram', 'uniform', 'unigram']);
  expect(baselines['trigram']!['top1']).toBeGreaterThan(baselines['unigram']!['top1']!);
  expect(baselines['trigram']!['loss']).toBeLessThan(baselines['bigram']!['loss']!);
  const { all, kinds } = minimalPairs;
  expect([all.pairs, Object.keys(kinds).length]).toEqual([300, 10]);
  expect(all.low < all.value && all.value < all.high).toBe(true);
  expect(Object.keys(swaps.kinds)).toEqual(['all']);
  expect(baselines['gzip']).toEqual({ bitsPerByte: expect.any(Number) as number });
});

test("the user's own tasks need no text; their columns are found or named", async () => {
  await writeFile(
    path('choices.csv'),
    'prompt,choices,answer\nHe sought the white,whale|sea,whale\nIt was the,whale|xqz,1\n',
  );
  await writeFile(path('answers.csv'), 'Frage,Wort\nthe white,whale\n');
  const flags = ['--from', path('bytes'), '--device', 'wasm', '--task', path('choices.csv')];
  const evaluated = await run(['evaluate', ...flags, `${path('answers.csv')}:prompt=Frage,answer=Wort`, '--json']);
  expect(evaluated.stderr).toMatch(/^Text metrics skipped\. Can't resume the run in .*:/);
  const { tasks } = JSON.parse(evaluated.stdout) as { tasks: TaskScores[] };
  expect(tasks.map(({ name, rows, metrics }) => [name, rows, Object.keys(metrics)])).toEqual([
    ['choices.csv', 2, ['accuracy', 'accuracyPerCharacter']],
    ['answers.csv', 1, ['exactMatch']],
  ]);
  expect(tasks[0]!.baselines).toEqual({ chance: { accuracy: 50, accuracyPerCharacter: 50 } });
  expect((await run(['evaluate', ...flags])).stdout).toMatch(
    /choices\.csv, 2 rows:\n {2}Accuracy [\d.]+ % \([\d.]+ to [\d.]+\): /,
  );
});

type Share = Record<'value' | 'low' | 'high' | 'pairs', number>;

test('without a text, the model is evaluated on its validation set, with baselines from its training set', async () => {
  const sizes = ['--layers', '1', '--heads', '1', '--width', '16', '--context', '16', '--batch', '2', '--steps', '8'];
  const grown = ['--text', path('text'), '--tokenizer', 'bytes', ...sizes, '--device', 'wasm', '--out', path('own')];
  const evaluations = lines(await run(['grow', ...grown, '--json']));
  const own = ['evaluate', '--from', path('own'), '--device', 'wasm', '--json'];
  const [{ metrics, baselines }] = lines(await run(own)) as [
    Record<'metrics' | 'baselines', Record<string, { value: number }>>,
  ];
  // Its windows began elsewhere.
  const lastEvaluation = evaluations.findLast(({ valLoss }) => valLoss !== undefined)!;
  expect(metrics['loss']!.value).toBeCloseTo(lastEvaluation['valLoss'] as number, 0);
  expect(Object.keys(baselines)).toContain('trigram');
  expect((await run([...own, '--part', 'test'])).stdout).toMatch(/has no test set/);
  // Baselines are those counted when the data was built: a changed number in the record shows.
  const { trigram } = (await openSavedRun(path('own'))).data.nGrams!;
  expect(baselines['trigram']!['loss' as 'value']).toBeCloseTo(trigram, 10);
  const json = path('own/homegrown.json');
  const text = await readFile(json, 'utf8');
  expect(text).toContain(String(trigram));
  await writeFile(json, text.replaceAll(String(trigram), String(trigram + 1)));
  const [{ baselines: again }] = lines(await run(own)) as [{ baselines: Record<string, { loss: number }> }];
  expect(again['trigram']!.loss).toBeCloseTo(trigram + 1, 10);
});
test('metrics of its own part and lists are saved in its folder, test accesses are counted, and exports include both', async () => {
  const sizes = ['--layers', '1', '--heads', '1', '--width', '16', '--context', '16', '--batch', '2'];
  const grown = [...sizes, '--tokenizer', 'bytes', '--test-share', '0.2', '--device', 'wasm', '--json'];
  await run(['grow', '--text', path('text'), ...grown, '--steps', '4', '--save-every', '4', '--out', path('kept')]);
  const list = await readFile(path('kept/homegrown.files.json'), 'utf8');
  const own = ['evaluate', '--from', path('kept'), '--device', 'wasm', '--part', 'test'];
  await writeFile(path('ran.csv'), 'first,second\nHe ran.,Ran he.\nIt was he.,Was it he.\n');
  await writeFile(path('of-whales.csv'), 'prompt,answer\nthe white,whale\n');
  expect(lines(await run([...own, '--minimal-pairs', path('ran.csv'), '--json']))[0]!['look']).toBe(1);
  const again = await run([...own, '--task', path('of-whales.csv')]);
  expect(again.stderr).toMatch(/This is the 2nd evaluation on the test set.*Saved in .*kept: the model card/s);
  expect(again.stdout).toMatch(/(Better than |still beats? it|About as good as |Too little text to compare it with )/);
  // Only its descriptions change; a run that resumes there recognizes the folder.
  expect(await readFile(path('kept/homegrown.files.json'), 'utf8')).toBe(list);

  const { evaluations, looks, asked } = await infoIn('kept');
  expect(evaluations?.map(({ part, look: which }) => [part, which])).toEqual([['test', 2]]);
  expect(looks).toMatchObject([{ count: 2 }]);
  // Results of another list stay, as on the page, without its sentences and prompts.
  expect(asked?.minimalPairs).toMatchObject({ all: { pairs: 2 }, listHash: expect.any(String) as string });
  expect(asked?.tasks).toMatchObject([{ name: 'of-whales.csv', rows: 1, listHash: expect.any(String) as string }]);
  expect(JSON.stringify(asked)).not.toMatch(/Ran he|the white/);
  expect(await readFile(path('kept/README.md'), 'utf8')).toContain('This was the 2nd evaluation on the test set:');
  await run(['export', '--from', path('kept'), '--format', 'hf', '--out', path('out')]);
  expect(await infoIn('out')).toMatchObject({ evaluations, asked });
  expect(await readFile(path('out/README.md'), 'utf8')).toContain('### On the whole test set');

  // The next step has no metrics or list results yet; the access count stays.
  const more = ['grow', '--resume', path('kept'), '--steps', '8', '--device', 'wasm', '--json'];
  expect((await run(more)).code).toBe(0);
  expect(await infoIn('kept')).toMatchObject({ state: { step: 8 }, looks });
  const { evaluations: measured, asked: askedOfNext } = await infoIn('kept');
  expect([measured, askedOfNext]).toEqual([undefined, undefined]);
}, 120_000);
const infoIn = async (name: string): Promise<RunInfo> =>
  JSON.parse(await readFile(path(`${name}/homegrown.json`), 'utf8')) as RunInfo;

test('a folder whose run continued during the evaluation, and a read-only one, are reported and stay unchanged', async () => {
  const past = await openSavedRun(path('own'));
  const evaluation = {
    ...{ tokens: 1, documents: 1, bytes: 1, baselines: {}, leftOut: [] },
    metrics: { loss: { value: 1, unit: 'nats per token' } },
  };
  const before = await readFile(path('own/homegrown.json'), 'utf8');
  const gone = { ...past, info: { ...past.info, state: { ...past.info.state, step: 1 } } };
  expect((await keepEvaluation(gone, 'validation', evaluation)).problem).toMatch(
    /isn't saved in .*kept training during the evaluation/,
  );
  const list = JSON.parse(await readFile(path('own/homegrown.files.json'), 'utf8')) as { files: string[] };
  const others = { ...list, files: list.files.filter((name) => name !== 'README.md') };
  await writeFile(path('own/homegrown.files.json'), JSON.stringify(others));
  expect((await keepEvaluation(past, 'validation', evaluation)).problem).toMatch(/did not write all files/);
  expect(await readFile(path('own/homegrown.json'), 'utf8')).toBe(before);
});

type Line = Readonly<Record<string, unknown>>;
const lines = ({ stdout }: { stdout: string }): Line[] => {
  const objects = stdout.trim().split('\n');
  return objects.map((line) => JSON.parse(line) as Line);
};

test('malformed rows of pairs and of lists are listed, and skipped on request', async () => {
  await writeFile(
    path('pairs.jsonl'),
    '{"from":"the sea","to":"a whale"}\n{"from":\n{"from":"the hill","to":"a man"}\n[]\n',
  );
  await writeFile(path('own.jsonl'), '{"first":"He ran.","second":"She ran."}\n{"first":\n');
  const pairs = ['--pairs', `${path('pairs.jsonl')}:input=from,target=to`];
  const flags = (...more: string[]) => ['evaluate', '--from', path('bytes'), '--device', 'wasm', '--json', ...more];
  const refused = await run(flags(...pairs));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /^ {2}line 2 isn't a JSON object: .*\n {2}line 4 isn't a JSON object: .*\npairs\.jsonl has 2 malformed rows\. /,
  );
  const ended = await run(flags(...pairs, '--skip-bad-rows', '--swaps', path('own.jsonl')));
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stderr).toContain('pairs.jsonl: Skipped 2 malformed rows: line 2, line 4.');
  expect(ended.stderr).toContain('own.jsonl: Skipped 1 malformed row: line 2.');
  expect(JSON.parse(ended.stdout)).toMatchObject({ metrics: { loss: {} }, swaps: { kinds: { all: { pairs: 1 } } } });
  const none = await run(flags('--skip-bad-rows'));
  expect(none.stderr).toContain('--skip-bad-rows needs --text, --pairs, --table or a list.');
}, 120_000);

test('answers to the rows of a table are scored, next to a copying baseline', async () => {
  await writeFile(path('pairs.csv'), 'from,to\nwhale,elahw\nwhite,etihw\nsea,sea\n');
  const flags = ['--from', path('bytes'), '--pairs', `${path('pairs.csv')}:input=from,target=to`, '--device', 'wasm'];
  const { code, stdout } = await run(['evaluate', ...flags, '--metrics', 'chrf,exactMatch,perplexity', '--json']);
  expect(code).toBe(0);
  const { metrics, baselines } = JSON.parse(stdout) as Record<string, Record<string, Record<string, number>>>;
  expect(Object.keys(metrics!)).toEqual(['perplexity', 'chrf', 'exactMatch']);
  expect(metrics!['exactMatch']!['high']).toBeGreaterThan(metrics!['exactMatch']!['value']!);
  expect(baselines!['copy']!['exactMatch']).toBeCloseTo(100 / 3);
});

test('label targets are chosen from the labels, next to the majority class and naive Bayes', async () => {
  const rows = ['whale,sea', 'horse,land', 'white whale,sea', 'old horse,land', 'whale ship,sea'];
  await writeFile(path('labels.csv'), `note,said,kind\n${rows.map((row) => `x,${row}\n`).join('')}`);
  const flags = ['--pairs', `${path('labels.csv')}:input=said,target=kind`, '--train', path('labels.csv')];
  // Training tables have the columns of the evaluated tables.
  const { stdout } = await run(['evaluate', '--from', path('pairs'), ...flags, '--device', 'wasm', '--json']);
  const { metrics, baselines, confusion } = JSON.parse(stdout) as {
    metrics: Record<string, Record<'value' | 'low' | 'high', number>>;
    baselines: Record<string, Record<string, number>>;
    confusion: { labels: string[]; counts: number[][] };
  };
  const { value, low, high } = metrics['accuracy']!;
  expect(low <= value && value <= high).toBe(true);
  expect(metrics['macroF1']!.value).toBeGreaterThanOrEqual(0);
  expect(baselines['naiveBayes']).toEqual({ accuracy: 100, macroF1: 100, exactMatch: 100 });
  expect(baselines['majority']).toEqual({ accuracy: 60, macroF1: 37.5, exactMatch: 60 });
  expect(baselines['unigram']!['loss']).toBeGreaterThan(0);
  expect(confusion.labels).toEqual(['land', 'sea']);
  expect(confusion.counts.map((row) => row.reduce((a, b) => a + b, 0))).toEqual([2, 3]);
});

test('two models of different tokenizers are compared on the same text', async () => {
  const flags = ['--from', path('bytes'), '--with', path('pairs'), '--text', path('text'), '--device', 'wasm'];
  const { stdout } = await run(['compare', ...flags, '--json']);
  const { difference, low, high, unit, verdict } = JSON.parse(stdout) as Record<string, number | string>;
  expect([low, high].every((bound) => typeof bound === 'number')).toBe(true);
  expect(low! <= difference! && difference! <= high!).toBe(true);
  expect([unit, verdict]).toEqual(['bits per byte', expect.stringMatching(/better|worse|not distinguishable/)]);
  const { stdout: words } = await run(['compare', ...flags]);
  expect(words).toMatch(/pairs, compared with .*bytes: (better by|worse by|no significant)/);
  expect(words).not.toMatch(/do not read the same/);
});

test('compare refuses the second model before it reads a text', async () => {
  await mkdir(path('bert'));
  for (const file of huggingFaceFiles(await untrainedBert(), { withOptimizer: false }))
    await writeFile(join(path('bert'), file.name), await readBytes(file));
  const flags = ['--from', path('bytes'), '--with', path('bert'), '--text', path('missing'), '--device', 'wasm'];
  expect(await run(['compare', ...flags])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('bert is BERT, which is not a causal model') as string,
  });
});

test('compare reports if one model normalizes its text, or both do differently', async () => {
  const normalising = async (name: string, type: string): Promise<void> => {
    await cp(path('bytes'), path(name), { recursive: true });
    // Without the file that identifies it as ours.
    await rm(path(`${name}/homegrown.json`));
    const file = path(`${name}/tokenizer.json`);
    const json = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...json, normalizer: { type } }));
  };
  await normalising('lowered', 'Lowercase');
  await normalising('composed', 'NFKC');
  const compared = async (from: string, other: string, ...more: string[]): Promise<string> => {
    const flags = ['--from', path(from), '--with', path(other), '--text', path('text'), '--device', 'wasm'];
    return (await run(['compare', ...flags, ...more])).stdout;
  };
  expect(await compared('bytes', 'lowered')).toMatch(
    /bytes reads the text unchanged, .*lowered normalized \(lowercase\)\. Dropped/,
  );
  expect(JSON.parse(await compared('composed', 'lowered', '--json'))).toMatchObject({
    normalised: { from: 'Unicode form NFKC', with: 'lowercase' },
  });
  expect(await compared('lowered', 'lowered')).not.toMatch(/do not read the same/);
});

test.each([
  [['--text', 'empty'], /empty/],
  [['--text', 'text', '--metrics', 'loss,beauty'], /Unknown metric 'beauty'\. Metrics: loss, .*stridedPerplexity/],
  [['--text', 'text', '--task', 'text'], /text has no rows/],
  [['--text', 'text', '--task', 'text:prompt=,answer=a'], /--task must name columns such as/],
  [
    ['--text', 'text', '--metrics', 'stridedPerplexity', '--stride', '65'],
    /stride of 65 is longer than the context of 64/,
  ],
])('evaluate %j is refused in words', async (flags, words) => {
  const typed = flags.map((flag) => (/^(?:text|empty)(?::|$)/.test(flag) ? path(flag) : flag));
  const { code, stdout, stderr } = await run(['evaluate', '--from', path('bytes'), ...typed, '--device', 'wasm']);
  expect([code === 0, stdout]).toEqual([false, '']);
  expect(stderr).toMatch(words);
});
