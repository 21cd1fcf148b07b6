/** Fine-tunes all of a model, a part, or an adapter; reports forgetting. */
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModel } from '../node/folders/readModel';
import { recipeOf } from '../src/core/runs/segments';
import { lines, run, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const call = (...args: string[]) => run(args, { cwd: folder });
const SHORT = ['--eval-every', '4', '--batch', '4', '--device', 'wasm', '--json'];
const tune = (...args: string[]) =>
  call('tune', '--kind', 'adapt', '--from', 'base', '--text', 'fish.txt', ...SHORT, ...args);
const weightsOf = async (model: string) => (await readModel(path(model))).snapshot.tensors;

/** Six steps at once equal three that resume to six, to the bit. @returns the first */
async function expectGoesOn(flags: readonly string[], whole: string, half: string) {
  expect(await tune(...flags, '--steps', '6', '--out', whole)).toMatchObject({ code: 0, stderr: '' });
  expect(await tune(...flags, '--steps', '3', '--out', half)).toMatchObject({ code: 0 });
  expect(await call('grow', '--resume', half, '--steps', '6')).toMatchObject({ code: 0 });
  const [six, three] = [await readModel(path(whole)), await readModel(path(half))];
  for (const [name, { data }] of six.snapshot.tensors)
    expect(three.snapshot.tensors.get(name)!.data, name).toEqual(data);
  return six;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tune-'));
  await writeFile(path('whale.txt'), 'Ein Wal, das ist kein Fisch. '.repeat(60));
  await writeFile(path('fish.txt'), 'Kein Fisch ist ein Wal, das ist klar. '.repeat(60));
  const base = ['--text', 'whale.txt', ...TINY, '--steps', '8', '--json', '--out', 'base'];
  expect(await call('grow', ...base)).toMatchObject({ code: 0 });
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

test('an adapter is trained on frozen weights, and resumes as if uninterrupted', async () => {
  const lora = ['--adapter', 'lora:2', '--learning-rate', '0.01', '--dropout', '0.1', '--schedule', 'constant'];
  const whole = await tune(...lora, '--steps', '8', '--out', 'whole');
  expect(whole).toMatchObject({ code: 0, stderr: '' });
  expect(await tune(...lora, '--steps', '5', '--out', 'half')).toMatchObject({ code: 0, stderr: '' });
  expect(await call('grow', '--resume', 'half', '--steps', '8')).toMatchObject({ code: 0 });

  const [base, one, other] = [await weightsOf('base'), await weightsOf('whole'), await weightsOf('half')];
  expect([...other.keys()].sort()).toEqual([...one.keys()].sort());
  for (const [name, { data }] of one) expect(other.get(name)!.data, name).toEqual(data);
  // In the model, the adapter is merged into the matrices and nowhere else.
  const changed = [...base.keys()].filter(
    (name) => one.has(name) && String(one.get(name)!.data) !== String(base.get(name)!.data),
  );
  const matrices = ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'];
  expect(changed.filter((name) => !name.includes('adam.')).sort()).toEqual(
    matrices.map((name) => `transformer.h.0.${name}.weight`).sort(),
  );
  const { info } = await readModel(path('whole'));
  expect(info).toMatchObject({
    parent: { step: 8, how: 'fine-tune' },
    trainable: { weights: [], adapter: { id: 'lora', settings: { rank: 2 } } },
  });
}, 240_000);

test('evaluate reports the same forgetting for base and result, bit for bit', async () => {
  const ended = await tune('--steps', '8', '--adapter', 'lora:2', '--old', 'whale.txt', '--out', 'old');
  const { forgetting, metrics } = lines(ended.stdout).at(-1) as { forgetting: object; metrics: object };
  const measured = async (model: string, text: string) => {
    const ended = await call(
      ...['evaluate', '--from', model, '--text', text, '--metrics', 'perplexity', '--device', 'wasm', '--json'],
    );
    return (lines(ended.stdout)[0] as { metrics: { perplexity: { value: number } } }).metrics.perplexity;
  };
  const [before, after] = [await measured('base', 'whale.txt'), await measured('old', 'whale.txt')];
  expect(forgetting).toEqual({ before: before.value, after: after.value });
  expect(metrics).toHaveProperty('perplexity.low');
  // The curve shows the loss of the adapter with its frozen weights.
  const evaluated = lines(ended.stdout).filter((line) => 'oldPerplexity' in line);
  expect(evaluated.map(({ step }) => step)).toEqual([0, 4, 8, 8]);
  expect(evaluated[0]!['oldPerplexity']).toBeCloseTo(before.value, 3);
  expect(evaluated[2]!['oldPerplexity']).toBeCloseTo(after.value, 3);
}, 240_000);

test("the default of --old is the base's validation set; if its text is gone, a note says so", async () => {
  const own = await tune('--steps', '4', '--learns', 'norms', '--out', 'norms');
  expect(lines(own.stdout).at(-1)).toHaveProperty('forgetting.before');
  await rename(path('whale.txt'), path('gone.txt'));
  const gone = await call(
    'tune',
    '--kind',
    'adapt',
    '--from',
    'base',
    '--text',
    'fish.txt',
    '--steps',
    '1',
    '--device',
    'wasm',
    '--out',
    'gone',
  );
  await rename(path('gone.txt'), path('whale.txt'));
  expect(gone).toMatchObject({ code: 0 });
  expect(gone.stderr).toContain('Forgetting is not measured; --old FILE names text for it.');
}, 240_000);

test.each(['f16', 'q8'])(
  'frozen weights may be in %s: the model has them rounded, with the trained ones, and resumes so',
  async (rest) => {
    const fewer = ['--adapter', 'lora:2', '--frozen-dtype', rest, '--schedule', 'constant'];
    const { info } = await expectGoesOn(fewer, `whole-${rest}`, `part-${rest}`);
    expect(info!.trainable).toMatchObject({ rest });
  },
  240_000,
);

test('a frozen weight beyond f16 is refused with the precision that holds it', async () => {
  await cp(path('base'), path('large'), { recursive: true });
  const file = path('large', 'model.safetensors');
  const bytes = await readFile(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, { data_offsets: [number, number] }>;
  bytes.writeFloatLE(1e5, start + header['transformer.h.0.mlp.c_fc.weight']!.data_offsets[0]);
  // An external model: its file has no hash of its weights.
  await rm(path('large', 'homegrown.json'));
  const { __metadata__: _, ...tensors } = header;
  bytes.write(JSON.stringify(tensors).padEnd(start - 8), 8);
  await writeFile(file, bytes);
  const own = ['--kind', 'adapt', '--from', 'large', '--text', 'fish.txt', '--adapter', 'lora:2', ...SHORT];
  const refused = await call('tune', ...own, '--frozen-dtype', 'f16', '--steps', '2', '--out', 'too-large');
  expect(refused.stdout).toMatch(/above 65,504, the maximum of f16.*Set the frozen-weight precision to f32/);
  expect(refused.code).toBe(2);
}, 60_000);

test('only norms, or the last layers, are trained; the others stay unchanged', async () => {
  const base = await weightsOf('base');
  const changed = async (model: string) => {
    const now = await weightsOf(model);
    return [...base].flatMap(([name, { data }]) =>
      !name.includes('adam.') && String(now.get(name)!.data) !== String(data) ? [name] : [],
    );
  };
  expect((await changed('norms')).every((name) => /ln_/.test(name))).toBe(true);
  expect(await tune('--steps', '4', '--learns', 'last:1', '--out', 'last')).toMatchObject({ code: 0, stderr: '' });
  const last = await changed('last');
  expect(last).toContain('transformer.ln_f.weight');
  expect(last).not.toContain('transformer.wte.weight');
  expect(await call('grow', '--resume', 'last', '--steps', '6')).toMatchObject({ code: 0 });
}, 240_000);

test('old text is replayed in random rows, and the run resumes as if uninterrupted', async () => {
  const replay = ['--replay', '0.5', '--schedule', 'constant'];
  const { info } = await expectGoesOn(replay, 'six', 'three');
  expect(info!.replayed!.texts.map(({ name }) => name)).toEqual(['whale.txt']);
  expect(await readFile(path('six/README.md'), 'utf8')).toMatch(/\| Replayed text +\| 50 % of rows, from whale.txt/);
  const none = await call('grow', '--text', 'fish.txt', '--replay', '0.5', ...TINY, '--out', 'none');
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('this run has none');
}, 240_000);

test('old text of another vocabulary is refused, as in the app', async () => {
  const first = ['--text', 'whale.txt', ...TINY, '--steps', '2', '--out', 'regrown'];
  expect(await call('grow', ...first)).toMatchObject({ code: 0 });
  const adapt = ['--kind', 'adapt', '--from', 'regrown', '--text', 'fish.txt', ...SHORT];
  expect(await call('tune', ...adapt, '--steps', '2', '--out', 'without')).toMatchObject({ code: 0 });
  await rm(path('regrown'), { recursive: true });
  expect(await call('grow', ...first.with(first.indexOf('bytes'), 'bpe:270'))).toMatchObject({ code: 0 });
  const resumed = await call('grow', '--resume', 'without', '--replay', '0.5', '--steps', '4', '--out', 'replays');
  expect(resumed, resumed.stderr).toMatchObject({ code: 2 });
  expect(resumed.stderr).toMatch(/The replayed text has a vocabulary of \d+ tokens; the model has 257\./);
}, 240_000);

test("text is trained on with the base's objective", async () => {
  const small = ['--width', '16', '--context', '16', '--steps', '2', '--json'];
  const base = ['--model', 't5', '--objective', 'prefix', '--text', 'whale.txt', ...small, '--out', 'prefix'];
  expect(await call('grow', ...base, '--device', 'wasm')).toMatchObject({ code: 0 });
  const adapt = ['--kind', 'adapt', '--from', 'prefix', '--text', 'fish.txt', '--steps', '2', '--out', 'adapted'];
  expect(await call('tune', ...adapt, ...SHORT)).toMatchObject({ code: 0 });
  expect(recipeOf((await readModel(path('adapted'))).info!).objective).toBe('prefix');
}, 240_000);

test('an adapter whose base moved or changed is refused, and resumes with the right one', async () => {
  await rename(path('base'), path('moved'));
  const more = (...args: string[]) => call('grow', '--resume', 'old', '--steps', '10', ...args);
  const gone = await more();
  expect(gone.code).toBe(1);
  expect(gone.stderr).toMatch(/the base model of the adapter run in old.*Name the base model with --from\./s);
  const other = await more('--from', 'last');
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('was trained with frozen weights that hash to');
  expect(await more('--from', 'moved')).toMatchObject({ code: 0 });
  await rename(path('moved'), path('base'));
}, 240_000);

test('adaptation without its data is refused with the flags that name it', async () => {
  const ended = await call('tune', '--kind', 'adapt', '--from', 'base', '--out', 'none');
  expect([ended.code, ended.stderr]).toEqual([
    2,
    expect.stringContaining('--kind adapt needs one of --text and --data.'),
  ]);
});

test.each([
  [['--adapter', 'dora:8'], /--adapter must be one of lora, not 'dora:8'/],
  [['--adapter', 'lora:0'], /Rank must be a whole number from 1 to 1024, not 0/],
  [['--adapter', 'lora:rank=eight'], /not 'eight'/],
  [['--adapter', 'lora:beta=8'], /--adapter has no setting 'beta'/],
  [
    ['--adapter', 'lora:8,targets=q_proj'],
    /no target module called q_proj.*It has attn.c_attn, attn.c_proj, mlp.c_fc, mlp.c_proj/s,
  ],
  [['--adapter', 'lora:8', '--learns', 'norms'], /Use one of them/],
  [['--learns', 'last'], /--learns must be all, last:N or norms/],
  [['--learns', 'last:9'], /The model has 1 layer, fewer than the last 9 to train/],
  [['--layers', '3'], /--layers can't change: the model of --from sets it/],
])(
  '%j is refused, and nothing is written',
  async (flags, words) => {
    const ended = await call(
      'tune',
      '--kind',
      'adapt',
      '--from',
      'base',
      '--text',
      'fish.txt',
      ...flags,
      '--out',
      'none',
    );
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toMatch(words);
    await expect(readModel(path('none'))).rejects.toThrow();
  },
  60_000,
);
