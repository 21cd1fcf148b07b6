import { existsSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwatched } from '../../../base/job';
import { bytesSource, readBytes } from '../../../files/byteSource';
import { modelSpec } from '../../../models';
import { METRICS } from '../../../metrics';
import { type Schedule, SCHEDULES } from '../../../optim/schedule';
import { changedFields, recipeOf } from '../../../runs/segments';
import { learning } from '../../../../testing/runInfo';
import { trainedModels } from '../../../../testing/trainedModel';
import { useSingleThreadWasm } from '../../../../testing/wasm';
import { DEFAULT_RECIPE, fieldsOf, type Recipe } from '../../../train/recipe';
import type { Exported, TokenisedPart } from '../../format';
import { importHuggingFace } from '../huggingFace/import';
import { pytorch } from './format';

/** PyTorch's continuation of the run is among the oracles: oracles/test_handover.py. */
const PYTHON = '/usr/bin/python3';
const run = promisify(execFile);

const options = {
  withOptimizer: false,
  template: (path: string) =>
    readFile(fileURLToPath(new URL(`../../../../../public/templates/${path}`, import.meta.url)), 'utf8'),
};
let models: Exported[];
let root: string;
beforeAll(async () => {
  models = await trainedModels();
  await useSingleThreadWasm();
  root = await mkdtemp(join(tmpdir(), 'pytorch-'));
}, 240_000); // Whichever test needs the models first trains them.
afterAll(() => rm(root, { recursive: true }));

/** Changes the recipe so that steps are left. */
const continued = (model: Exported, more: Partial<Recipe> = {}): Exported => {
  const recipe = { ...recipeOf(model.info), steps: 300, evalEvery: 2, saveEvery: 1000, ...more };
  return { ...model, info: learning(model.info, { recipe }) };
};
async function write(model: Exported, name: string): Promise<string> {
  const folder = join(root, name);
  for (const file of await pytorch.files(model, options)) {
    await mkdir(dirname(join(folder, file.name)), { recursive: true });
    await writeFile(join(folder, file.name), await readBytes(file));
  }
  return folder;
}
const read = async (folder: string) =>
  importHuggingFace(
    await Promise.all(
      (await readdir(folder)).map(async (name) => ({ name, source: bytesSource(await readFile(join(folder, name))) })),
    ),
    unwatched,
  );

/** Values whose own settings must be present. */
const OTHERS: Readonly<Record<string, string>> = { objective: 'masked', optimizer: 'sgd', schedule: 'linear' };
test('a changed recipe begins a segment in train.py exactly where it does here', async () => {
  const script = await options.template('pytorch/checkpoint.py');
  const alike = /^ALIKE = \{(.*)\}$/m.exec(script)![1]!.replaceAll('"', '').split(', ');
  const counts = Object.keys(fieldsOf(DEFAULT_RECIPE)).filter(
    (name) => changedFields(DEFAULT_RECIPE, { ...DEFAULT_RECIPE, [name]: OTHERS[name] ?? 'other' }).length > 0,
  );
  expect([...counts, ...alike].sort()).toEqual(Object.keys(fieldsOf(DEFAULT_RECIPE)).sort());
});

describe('the folder', () => {
  test('has the model with its moments, the tokens, the recipe, and no unfilled template values', async () => {
    const model = continued(models[0]!);
    const folder = await write(model, 'whole');
    const scripts = 'checkpoint.py data.py metrics.py model.py optimizers.py prepare.py schedules.py train.py';
    const others = 'README.md architecture.json cluster.md data model optimizers.json recipe.json requirements.txt';
    expect((await readdir(folder)).sort()).toEqual(`${scripts} ${others}`.split(' ').sort());
    const back = await read(join(folder, 'model'));
    expect(back.resumable).toBe(true);
    expect(back.snapshot).toEqual(model.snapshot);
    expect(JSON.parse(await readFile(join(folder, 'recipe.json'), 'utf8'))).toEqual(recipeOf(model.info));
    const { train: part } = model.tokens!;
    const meta = JSON.parse(await readFile(join(folder, 'data/meta.json'), 'utf8')) as unknown;
    expect(meta).toMatchObject({
      dtype: 'uint16',
      vocabulary: 257,
      endOfText: 256,
      train: { tokens: part.tokens, bytes: part.bytes },
    });
    const ids = new Uint16Array((await readFile(join(folder, 'data/train.bin'))).buffer);
    expect(Uint32Array.from(ids)).toEqual(await part.read(0, part.tokens));
    const words = await readFile(join(folder, 'README.md'), 'utf8');
    expect(words).toContain(`step ${model.snapshot.state.step} of 300`);
    expect(words).not.toContain('{{');
  });

  test('says if the text is gone, and uses wide ids for large vocabularies', async () => {
    const files = await pytorch.files({ ...models[0]!, tokens: null }, options);
    expect(files.some(({ name }) => name.startsWith('data/'))).toBe(false);
    const readme = new TextDecoder().decode(await readBytes(files.find(({ name }) => name === 'README.md')!));
    expect(readme).toContain('prepare.py one.txt');

    const source = {
      tokens: 3,
      bytes: 9,
      vocabulary: 70_000,
      read: () => Promise.resolve(Uint32Array.of(1, 65_536, 69_999)),
    };
    const wide = await pytorch.files({ ...models[0]!, tokens: { train: source, validation: source } }, options);
    const bin = await readBytes(wide.find(({ name }) => name === 'data/train.bin')!);
    expect(new Uint32Array(bin.buffer)).toEqual(Uint32Array.of(1, 65_536, 69_999));
  });

  test('has the test part and document borders if they exist', async () => {
    const part = (tokens: number, starts: readonly number[]): TokenisedPart => ({
      tokens,
      bytes: tokens,
      vocabulary: 300,
      read: (_, length) => Promise.resolve(new Uint32Array(length)),
      documents: () =>
        Promise.resolve(
          starts.map((start, i) => ({
            start,
            tokens: (starts[i + 1] ?? tokens + 1) - start - 1,
            place: i,
            label: null,
            fields: {},
          })),
        ),
    });
    const tokens = {
      train: part(90, [0, 41]),
      validation: { ...part(9, []), documents: () => Promise.resolve(null) },
      test: part(5, [0]),
    };
    const files = await pytorch.files({ ...models[0]!, tokens }, options);
    const of = async (name: string) => readBytes(files.find((file) => file.name === `data/${name}`)!);
    expect(files.flatMap(({ name }) => (name.startsWith('data/') ? [name] : [])).sort()).toEqual(
      ['meta.json', 'test.bin', 'test.documents.bin', 'train.bin', 'train.documents.bin', 'val.bin'].map(
        (name) => `data/${name}`,
      ),
    );
    expect(JSON.parse(new TextDecoder().decode(await of('meta.json')))).toMatchObject({
      train: { tokens: 90, documents: 2 },
      val: { tokens: 9 },
      test: { tokens: 5, documents: 1 },
    });
    expect(new Uint32Array((await of('train.documents.bin')).buffer)).toEqual(Uint32Array.of(0, 40, 41, 49));
    expect((await of('test.bin')).length).toBe(10);
  });

  test("uses torch's optimizers or its own, with the recipe's fields", async () => {
    const folder = await write(models[0]!, 'named');
    expect(JSON.parse(await readFile(join(folder, 'optimizers.json'), 'utf8'))).toEqual({
      adamw: {
        class: 'AdamW',
        arguments: { betas: ['beta1', 'beta2'], eps: 'epsilon' },
        moments: { 'adam.m': 'exp_avg', 'adam.v': 'exp_avg_sq' },
        counts: true,
      },
      sgd: {
        class: 'SGD',
        arguments: { momentum: 'momentum' },
        moments: { 'sgd.v': 'momentum_buffer' },
        counts: false,
      },
      lion: {
        class: 'Lion',
        arguments: { betas: ['lionBeta1', 'lionBeta2'] },
        moments: { 'lion.m': 'exp_avg' },
        counts: false,
      },
      muon: {
        class: 'Muon',
        arguments: { momentum: 'muonMomentum', betas: ['beta1', 'beta2'], eps: 'epsilon' },
        ofMatrices: { 'muon.m': 'momentum_buffer' },
        moments: { 'adam.m': 'exp_avg', 'adam.v': 'exp_avg_sq' },
        counts: true,
      },
    });
  });

  test.skipIf(!existsSync(PYTHON))('has our schedules', async () => {
    const folder = await write(models[0]!, 'scheduled');
    const code =
      'import json, schedules; r = {"finalRate": 0.1, "decayShare": 0.3, "warmup": 10}; ' +
      'print(json.dumps({name: [f(10 + 5 * i, i / 8, {**r, "warmup": w}) for i in range(9) for w in (10, 0)] ' +
      'for name, f in schedules.SCHEDULES.items()}))';
    const { stdout } = await run(PYTHON, ['-c', code], { cwd: folder });
    const theirs = JSON.parse(stdout) as Record<string, number[]>;
    expect(Object.keys(theirs)).toEqual(Object.keys(SCHEDULES));
    const settings = { learningRate: 1, finalRate: 0.1, decayShare: 0.3, steps: 50 };
    for (const [name, { share }] of Object.entries<Schedule>(SCHEDULES)) {
      theirs[name]!.forEach((given, at) => {
        const i = Math.floor(at / 2);
        const place = { ...settings, warmup: at % 2 === 0 ? 10 : 0, step: 10 + 5 * i, progress: i / 8 };
        expect(given, `${name} at ${i}/8`).toBeCloseTo(share(place), 14);
      });
    }
  });

  test.skipIf(!existsSync(PYTHON))('has our metrics, for any loss and any part', async () => {
    const folder = await write(models[0]!, 'measured');
    const code =
      'import json, metrics; print(json.dumps([{n: f(l, 90, 400) for n, f in metrics.METRICS.items()} for l in (0.5, 2, 7)])); print(metrics.KEPT)';
    const [values, kept] = (await run(PYTHON, ['-c', code], { cwd: folder })).stdout.split('\n');
    const ids = ['perplexity', 'loss', 'bitsPerByte'] as const;
    const theirs = JSON.parse(values!) as Record<string, number>[];
    for (const [i, loss] of [0.5, 2, 7].entries()) {
      expect(Object.keys(theirs[i]!)).toEqual(ids.map((id) => METRICS[id].label.toLowerCase()));
      for (const id of ids) {
        const { label, ofMean } = METRICS[id];
        expect(theirs[i]![label.toLowerCase()]).toBeCloseTo(ofMean(loss, { tokens: 90, bytes: 400 }), 9);
      }
    }
    expect(kept).toBe("[('bits per byte', 'bitsPerByte', 'bits_per_byte')]");
  });

  test("decays the specification's parameters: for a GPT all matrices but the position embeddings", async () => {
    const [model] = models;
    const folder = await write(model!, 'decaying');
    const architecture = JSON.parse(await readFile(join(folder, 'architecture.json'), 'utf8')) as { decay: string[] };
    const { config, vocabulary } = model!.info.model;
    expect(architecture).toMatchObject({
      label: 'GPT',
      class: 'GPT2',
      blocks: 'transformer.h',
      context: config.context,
      endOfText: 256,
    });
    const table = Object.entries(modelSpec('gpt').params(config, vocabulary));
    for (const [name, { shape }] of table)
      expect(architecture.decay.includes(name), name).toBe(shape.length === 2 && !name.endsWith('wpe.weight'));
    for (const path of ['train.py', 'checkpoint.py', 'data.py', 'prepare.py'])
      expect(await readFile(join(folder, path), 'utf8'), path).not.toMatch(
        /gpt.?2|wpe|wte|\btransformer\.|n_positions|llama|_proj\b|max_position/i,
      );
  });

  test("for a Llama, decays its separate matrices in Hugging Face's layout", async () => {
    const folder = await write(models[3]!, 'decaying-llama');
    const architecture = JSON.parse(await readFile(join(folder, 'architecture.json'), 'utf8')) as { decay: string[] };
    expect(architecture).toMatchObject({ label: 'Llama', class: 'Llama', blocks: 'model.layers', context: 64 });
    expect(architecture.decay).toHaveLength(1 + 7 * 2);
    expect(architecture.decay.every((name) => /embed_tokens|_proj/.test(name))).toBe(true);
    expect(await readFile(join(folder, 'model.py'), 'utf8')).toContain('class Llama(nn.Module)');
  });
});
