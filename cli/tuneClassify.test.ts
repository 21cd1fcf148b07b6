/** A classifier from a table or from folders: started, stopped, resumed, evaluated and used. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvOf } from '../src/core/base/csv';
import { readModel } from '../node/folders/readModel';
import { openSavedRun } from '../node/folders/savedRun';
import { GOOD, ROWS, words } from './testing/mails';
import { lines, run, SHORT, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const call = (...args: string[]) => run(args, { cwd: folder });
const NEW = [...TINY, '--model', 'bert'];
const tune = (...args: string[]) => call('tune', '--kind', 'classify', ...SHORT, ...args);
const TABLE = 'mails.csv:text=subject+body,label=kind';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homegrown-classify-'));
  await writeFile(path('mails.csv'), csvOf([['subject', 'body', 'kind'], ...ROWS]));
  for (const [i, [subject, body, kind]] of ROWS.entries()) {
    await mkdir(path('mails', kind.toLowerCase()), { recursive: true });
    await writeFile(path('mails', kind.toLowerCase(), `${i}.txt`), `${subject}\n\n${body}`);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('without a size or a base it is a small BERT with a BPE tokenizer', async () => {
  const found = await tune(
    '--table',
    TABLE,
    '--merge',
    '--steps',
    '1',
    '--layers',
    '1',
    '--device',
    'wasm',
    '--out',
    'usual',
  );
  expect(found).toMatchObject({ code: 0 });
  const { model, tokenizer } = await readModel(path('usual'));
  expect(model).toMatchObject({ id: 'bert', config: { layers: 1, heads: 4, width: 128, context: 192 } });
  expect(tokenizer.model.kind).toBe('bpe');
});

const weightsOf = async (name: string) => (await readModel(path(name))).snapshot.tensors;

test('from random weights: labels are listed and merged, and a stopped run resumes as if uninterrupted', async () => {
  const own = [...NEW, '--table', TABLE, '--merge', '--dropout', '0.1'];
  // Slow enough that the loss still falls at the end: the folder then holds the last step.
  const slow = SHORT.slice(0, -1).map((flag) => (flag === '0.01' ? '0.001' : flag));
  const whole = await call('tune', '--kind', 'classify', ...slow, '--json', ...own, '--steps', '8', '--out', 'whole');
  expect(whole).toMatchObject({ code: 0 });
  expect(whole.stderr).toMatch(
    /"Spam" is merged into "spam".\n120 texts with 2 labels: ham 80 \(66.7 %\), spam 40 \(33.3 %\)./,
  );
  const summary = lines(whole.stdout).at(-1) as {
    step: number;
    standing: string;
    metrics: Record<string, object>;
    baselines: Record<string, object>;
  };
  expect(summary.step).toBe(8);
  expect(summary.standing).toMatch(/^(better|level|worse|no better than one label)$/);
  expect(Object.keys(summary.metrics)).toEqual(expect.arrayContaining(['accuracy', 'macroF1', 'loss']));
  expect(summary.metrics['accuracy']).toMatchObject({
    value: expect.any(Number) as number,
    low: expect.any(Number) as number,
  });
  expect(summary.baselines).toMatchObject({ majority: {}, naiveBayes: { accuracy: 100 } });
  const card = await readFile(path('whole', 'README.md'), 'utf8');
  expect(card).toMatch(/95 % interval.*Naive Bayes/);
  expect(card).toMatch(/\| accuracy, % \| [\d.]+ \| [\d.]+ \S+ [\d.]+ \|/i);

  const half = await call('tune', '--kind', 'classify', ...slow, ...own, '--steps', '4', '--out', 'half');
  expect(half).toMatchObject({ code: 0 });
  expect(half.stderr).toMatch(/Without training, loss: uniform [\d.]+, label frequency [\d.]+\./);
  expect(half.stderr).toMatch(/Without training, majority class: [^]*Without training, naive Bayes: [^]*100 %/);
  // Number of truncated texts, before the first step; and the saved step.
  expect(half.stderr).toMatch(
    /\d+ texts with labels\. \d+ texts don't fit \([\d.]+ %\)\. Read to \d+ tokens, rest cut\.\n--context 64 fits all of them; --long-texts windows splits them/,
  );
  // Comparison with counting baselines, in the words of the page.
  expect(half.stdout).toMatch(
    /^(Finished: \d+ of \d+ texts right|Counting words \(naive Bayes\) still beats it|It hasn't learned the labels)\. .*(naive Bayes|against|one label)/m,
  );
  expect(half.stderr).toContain('Saved classifier: step 4, best on the validation set.');
  expect(await call('grow', '--resume', 'half', '--steps', '8')).toMatchObject({ code: 0 });
  const [one, other] = [await weightsOf('whole'), await weightsOf('half')];
  for (const [name, { data }] of one) expect(other.get(name)!.data, name).toEqual(data);
  const { model, info } = await readModel(path('half'));
  expect(model.config.classes).toMatchObject({ labels: ['ham', 'spam'], pooling: 'first' });
  expect(info?.parent).toBeUndefined();
  // The decision of step 4 doesn't apply to step 8.
  expect(info?.decision?.step).toBe(4);
  expect(info?.evaluations).toBeUndefined();
  expect(await readFile(path('half', 'README.md'), 'utf8')).not.toContain('temperature');
  expect(await call('evaluate', '--from', 'half', '--device', 'wasm')).toMatchObject({ code: 0 });
  expect((await readModel(path('half'))).info?.decision?.step).toBe(8);

  // evaluate reports the metrics of its validation set as training did.
  const again = await call('evaluate', '--from', 'whole', '--device', 'wasm', '--json');
  expect(lines(again.stdout)[0]).toMatchObject({ metrics: summary.metrics, baselines: summary.baselines });
  const table = await call(
    'evaluate',
    '--from',
    'whole',
    '--table',
    TABLE,
    '--train',
    TABLE,
    '--device',
    'wasm',
    '--json',
  );
  expect(lines(table.stdout)[0]).toMatchObject({
    metrics: { accuracy: {} },
    baselines: { naiveBayes: { accuracy: 100 } },
  });
}, 240_000);

test('from a pretrained model: its body, and a fully trained head next to an adapter, also after a resume', async () => {
  const text = ROWS.map(([subject, body]) => `${subject} ${body}.`).join('\n');
  await writeFile(path('text.txt'), text.repeat(4));
  expect(await call('grow', ...NEW, '--steps', '2', '--text', 'text.txt', '--out', 'base')).toMatchObject({ code: 0 });
  const own = [
    '--from',
    'base',
    '--adapter',
    'lora:2',
    '--table',
    'mails',
    '--class-weights',
    '--pooling',
    'mean',
    '--device',
    'wasm',
  ];
  expect(await tune(...own, '--steps', '6', '--out', 'one')).toMatchObject({ code: 0 });
  expect(await tune(...own, '--steps', '4', '--out', 'two')).toMatchObject({ code: 0 });
  expect(await call('grow', '--resume', 'two', '--steps', '6')).toMatchObject({ code: 0 });
  const [base, one, two] = [await weightsOf('base'), await weightsOf('one'), await weightsOf('two')];
  for (const [name, { data }] of one) expect(two.get(name)!.data, name).toEqual(data);
  const { model, info } = await readModel(path('one'));
  expect(info).toMatchObject({ parent: { how: 'fine-tune', step: 2 }, trainable: { adapter: { id: 'lora' } } });
  expect(info!.trainable!.weights).toContain('classifier.weight');
  expect(model.config.classes!.pooling).toBe('mean');
  const norm = [...base.keys()].find((name) => name.endsWith('LayerNorm.weight'))!;
  expect(one.get(norm)!.data).toEqual(base.get(norm)!.data);

  const asked = await call('classify', '--from', 'one', '--prompt', 'free money', '--device', 'wasm', '--json');
  const [{ label, probabilities }] = lines(asked.stdout) as [{ label: string; probabilities: Record<string, number> }];
  expect(Object.keys(probabilities)).toEqual(['ham', 'spam']);
  expect(probabilities['ham']! + probabilities['spam']!).toBeCloseTo(1, 5);
  expect(probabilities[label]).toBe(Math.max(...Object.values(probabilities)));
  const many = await call(
    'classify',
    '--from',
    'one',
    '--table',
    TABLE,
    '--at-least',
    '1',
    '--out',
    'labels.csv',
    '--device',
    'wasm',
    '--json',
  );
  expect(lines(many.stdout)).toHaveLength(120);
  expect(lines(many.stdout)[0]).toMatchObject({ name: 'Row 2', label: null });
  expect((await readFile(path('labels.csv'), 'utf8')).split('\r\n').slice(0, 2)).toEqual([
    'subject,body,kind,label,sure,p(ham),p(spam)',
    expect.stringMatching(/^[a-z ]+,[a-z ]+,Spam,,0\.\d+,0\.\d+,0\.\d+$/),
  ]);
  // The table's own names stay, and a row without text has no label.
  await writeFile(path('own.csv'), 'label,message,id\r\nham,win money,0\r\nham,,1\r\n');
  const rows = ['--table', 'own.csv', '--out', 'own-labels.csv'];
  const kept = await call('classify', '--from', 'one', ...rows, '--device', 'wasm', '--json');
  expect(lines(kept.stdout)).toHaveLength(1);
  expect(kept.stderr).toContain('No label for 1 row without text.');
  expect((await readFile(path('own-labels.csv'), 'utf8')).split('\r\n')).toEqual([
    'label,message,id,label_given,sure,p(ham),p(spam)',
    expect.stringMatching(/^ham,win money,0,(ham|spam),0\.\d+,0\.\d+,0\.\d+$/),
    'ham,,1,,,,',
    '',
  ]);
  // The summary of a folder is one line, as in prepare.
  await mkdir(path('letters'));
  for (const name of ['a.txt', 'b.txt']) await writeFile(path('letters', name), 'win money');
  const listed = await call('classify', '--from', 'one', '--text', 'letters', '--device', 'wasm', '--json');
  expect(listed.stderr).toContain('Skipped: b.txt: identical to a.txt\n1 added, 1 skipped.\n');
  await writeFile(path('amounts.csv'), 'id,amount\r\n12345,7\r\n');
  const guessed = await call('classify', '--from', 'one', '--table', 'amounts.csv', '--json');
  expect(guessed.code).toBe(1);
  expect(guessed.stdout).toMatch(/no column with a usual name.*Columns: id, amount\..*:text=COLUMN/);
  const tokens = await call('classify', '--from', 'base', '--prompt', 'x');
  expect(tokens.code).toBe(2);
  expect(tokens.stdout + tokens.stderr).toMatch(/predicts tokens, not labels/);
}, 240_000);

test('with several labels a text each is judged by itself', async () => {
  const rows = ROWS.map(([subject, body, kind], i) => [
    `${subject} ${body}`,
    i % 2 === 0 ? `${kind.toLowerCase()};even` : kind.toLowerCase(),
  ]);
  await writeFile(path('several.csv'), csvOf([['text', 'label'], ...rows]));
  const ended = await tune(
    ...NEW,
    '--table',
    'several.csv',
    '--several',
    ';',
    '--long-texts',
    'windows',
    '--steps',
    '4',
    '--out',
    'several',
  );
  expect(ended).toMatchObject({ code: 0 });
  const { model } = await readModel(path('several'));
  expect(model.config.classes).toEqual({
    labels: ['even', 'ham', 'spam'],
    pooling: 'first',
    several: true,
    inWindows: true,
  });
}, 240_000);

test('multi-label texts without a label raise a question, then count as having none', async () => {
  const rows = ROWS.map(([subject, body, kind]) => [`${subject} ${body}`, kind === 'ham' ? '' : 'junk']);
  await writeFile(path('none.csv'), csvOf([['text', 'label'], ...rows]));
  const own = [...NEW, '--table', 'none.csv', '--several', '--steps', '40'];
  const asked = await tune(...own, '--out', 'none');
  expect(asked.code).toBe(2);
  expect(asked.stdout).toMatch(/80 texts have no label: does no label apply, or aren’t they labeled yet\?/);
  expect(asked.stdout).toMatch(/--unlabeled none trains them.*--unlabeled left-out.*Nothing was started/);
  // The remaining texts all have the same label.
  const left = await tune(...own, '--unlabeled', 'left-out', '--out', 'none');
  expect(left.stdout).toMatch(/All 40 texts have the label “junk”/);

  const ended = await tune(...own, '--unlabeled', 'none', '--out', 'none');
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stderr).toMatch(/120 texts with 1 label: junk 40 \(33.3 %\); no label 80 \(66.7 %\)./);
  const { metrics } = lines(ended.stdout).at(-1) as { metrics: Record<string, { value: number }> };
  expect(metrics['accuracy']!.value).toBe(100);
  const given = async (prompt: string) =>
    lines((await call('classify', '--from', 'none', '--prompt', prompt, '--device', 'wasm', '--json')).stdout)[0];
  expect(await given('meeting notes')).toMatchObject({ label: '', labels: [] });
  expect(await given('win money')).toMatchObject({ label: 'junk', labels: ['junk'] });
  // The run resumes with the same answer; evaluating a table requires an answer.
  expect(await call('grow', '--resume', 'none', '--steps', '41')).toMatchObject({ code: 0 });
  const evaluate = (...more: string[]) =>
    call('evaluate', '--from', 'none', '--table', 'none.csv', '--device', 'wasm', '--json', ...more);
  expect((await evaluate()).stdout).toMatch(/80 texts have no label.*--unlabeled none/);
  const all = await evaluate('--unlabeled', 'none');
  // Predicting the label for every text is right for a third.
  expect((lines(all.stdout)[0] as { metrics: typeof metrics }).metrics['accuracy']!.value).toBeGreaterThan(90);
  for (const [flags, words] of [
    [
      ['tune', '--kind', 'classify', ...NEW, '--table', 'none.csv', '--unlabeled', 'none', '--out', 'x'],
      /only for texts with several labels/,
    ],
    [['evaluate', '--from', 'none', '--text', 'none.csv', '--unlabeled', 'none'], /--unlabeled needs --table/],
  ] as const) {
    const refused = await call(...flags);
    expect([refused.code, refused.stdout + refused.stderr]).toEqual([2, expect.stringMatching(words)]);
  }
}, 240_000);

const row = (i: number): string => words(GOOD, i, 4);
test.each([
  ['text,label\n', [], /has no rows/],
  ['text,kind\na b,x\nc d,y\n', [], /has no label column.*Name the columns: --table/s],
  ['text,label\na b,x\nc d,y\n', [':text=text,label=class'], /no column called .*class.*It has text, label/],
  [`text,label\n${row(1)},x\n${row(2)},x\n`, [], /All 2 texts have the label “x”\. A classifier needs at least two/],
  [
    `text,label\n${row(1)},x\n${row(2)},x\n${row(3)},y\n`,
    [],
    /Only one text has the label “y”.*--min-texts 2 drops such labels/s,
  ],
  [`text,label\n${row(1)},\n${row(2)},\n`, [], /None of the 2 texts has a label/],
  [
    `label,text\n${row(1)} and more,x\n${row(2)} too,x\n${row(3)} as well,x\n${row(4)} or so,y\n${row(5)} at last,y\n`,
    [':text=text,label=label'],
    /Are the columns swapped/,
  ],
] as const)(
  'the table %j is refused or asked about, and nothing is written',
  async (content, [columns = ''], expected) => {
    await writeFile(path('bad.csv'), content);
    const ended = await tune(...NEW, '--table', `bad.csv${columns}`, '--steps', '1', '--out', 'refused');
    expect(ended.code).not.toBe(0);
    expect(ended.stdout).toMatch(expected);
    await expect(readModel(path('refused'))).rejects.toThrow();
  },
  60_000,
);

test('no label with --min-texts texts is an error that names the largest', async () => {
  await writeFile(path('rare.csv'), `text,label\n${row(1)},x\n${row(2)},x\n${row(3)},y\n`);
  const ended = await tune(...NEW, '--table', 'rare.csv', '--min-texts', '1000000', '--steps', '1', '--out', 'rare');
  expect(ended.code).toBe(2);
  expect(ended.stdout).toMatch(/No label has 1,000,000 texts: the largest, \\?"x\\?", has 2\..*Lower --min-texts/s);
}, 60_000);

test('a table that is not UTF-8 is refused with the flag for its encoding, and read with it', async () => {
  const rows = ROWS.map(([subject, body, kind]) => [`${subject} ${body} caf\u00e9`, kind.toLowerCase()]);
  await writeFile(path('old.csv'), Buffer.from(csvOf([['text', 'label'], ...rows]), 'latin1'));
  const own = [...NEW, '--table', 'old.csv', '--steps', '1', '--out', 'old'];
  const refused = await tune(...own);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/windows-1252.*Set the encoding with --encoding/);
  expect(await tune(...own, '--encoding', 'windows-1252')).toMatchObject({ code: 0 });
  // Its validation set is read again unchanged.
  expect(await call('evaluate', '--from', 'old', '--device', 'wasm')).toMatchObject({ code: 0 });
  for (const command of ['classify', 'evaluate']) {
    const asked = (...more: string[]) =>
      call(command, '--from', 'old', '--table', 'old.csv', '--device', 'wasm', '--json', ...more);
    expect((await asked()).stdout).toMatch(/Set the encoding with --encoding/);
    expect(await asked('--encoding', 'Windows-1252')).toMatchObject({ code: 0 });
    expect((await asked('--encoding', 'latin-9')).code).toBe(2);
  }
}, 240_000);

test('--corrections are all in the training set, the validation set ignores them, and a resume reads them again', async () => {
  const rows = ROWS.map(([subject, body, kind]) => [`${subject} ${body}`, kind.toLowerCase()]);
  await writeFile(path('table.csv'), csvOf([['text', 'label'], ...rows]));
  const fixes = Array.from({ length: 30 }, (_, i) => [row(1000 + i), i % 2 === 0 ? 'ham' : 'spam']);
  await writeFile(path('fixes.csv'), csvOf([['text', 'label'], ...fixes]));
  const partsOf = async (...more: string[]) => {
    expect(await tune(...NEW, '--table', 'table.csv', '--steps', '1', ...more)).toMatchObject({ code: 0 });
    const { train, validation } = (await openSavedRun(path(more.at(-1)!))).data.parts;
    return [train.documents, validation.documents];
  };
  const [train, validation] = await partsOf('--out', 'plain');
  expect(await partsOf('--corrections', 'fixes.csv', '--out', 'fixed')).toEqual([train! + fixes.length, validation]);
  expect(await call('grow', '--resume', 'fixed', '--steps', '2')).toMatchObject({ code: 0 });
  expect((await call('grow', '--text', 'fixes.csv', '--corrections', 'fixes.csv', '--out', 'x')).code).toBe(2);
}, 240_000);

test('10,000 labels are refused with their number', async () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => [row(i), `kind ${i}`]);
  await writeFile(path('many.csv'), csvOf([['text', 'label'], ...rows]));
  const ended = await tune(...NEW, '--table', 'many.csv', '--out', 'none');
  expect(ended.code).toBe(2);
  expect(ended.stdout).toMatch(/10,000 texts have 10,000 labels; a classifier can have at most 1,000/);
}, 60_000);

test.each([
  [['--text', 'text.txt'], /--text is for --kind adapt. --kind classify needs --table/],
  [[], /--kind classify needs --table/],
  [['--table', TABLE, '--adapter', 'lora:8'], /Add --from, or remove them/],
  [
    ['--table', TABLE, '--model', 't5', '--merge'],
    /A T5 model can't classify texts.*Choose a GPT, Llama or BERT model/s,
  ],
  [['--table', `${TABLE},text=`], /A table must be FILE\.csv/],
])(
  '%j is refused',
  async (flags, expected) => {
    const ended = await tune(...flags, '--out', 'none');
    expect(ended.code).not.toBe(0);
    expect(ended.stdout + ended.stderr).toMatch(expected);
  },
  60_000,
);
