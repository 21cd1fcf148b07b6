import { existsSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { bytesSource, readBytes } from '../files/byteSource';
import { modelSpec } from '../models';
import { type Schedule, SCHEDULES } from '../optim/schedule';
import { ourLogits, trainedModels } from '../testing/trainedModel';
import { useWasm } from '../testing/wasm';
import type { Recipe } from '../train/recipe';
import type { Snapshot, TrainEvent } from '../train/run';
import { train } from '../train/train';
import { causal } from '../objectives/causal';
import { evaluationPlaces, trainingPlace } from '../objectives/windows';
import type { Exported } from './format';
import { importHuggingFace } from './importHuggingFace';
import { pytorch } from './formats/pytorch';

/** Debian's, which has python3-torch and python3-safetensors where they are installed. */
const PYTHON = '/usr/bin/python3';
const run = promisify(execFile);
const script = (name: string): string => fileURLToPath(new URL(`../testing/${name}.py`, import.meta.url));
const missing = await run(PYTHON, ['-c', 'import numpy, safetensors.torch, torch.distributed.fsdp']).then(
  () => null,
  () => `${PYTHON} has no torch 2.6 or no safetensors (Debian: python3-torch, python3-safetensors)`,
);
if (missing !== null) console.warn(`Skipped: PyTorch continues the run, because ${missing}.`);

const options = {
  withOptimizer: false,
  template: (path: string) =>
    readFile(fileURLToPath(new URL(`../../../public/templates/${path}`, import.meta.url)), 'utf8'),
};
let models: Exported[];
let root: string;
beforeAll(async () => {
  models = await trainedModels();
  await useWasm();
  root = await mkdtemp(join(tmpdir(), 'pytorch-'));
}, 240_000); // The models are trained by whichever test needs them first.
afterAll(() => rm(root, { recursive: true }));

/** With a recipe that has steps left. */
const continued = (model: Exported, more: Partial<Recipe> = {}): Exported => {
  const recipe = { ...model.info.recipe, steps: 300, evalEvery: 2, saveEvery: 1000, ...more };
  return { ...model, info: { ...model.info, recipe } };
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

describe('the folder', () => {
  test('holds the model with its moments, the tokens, the recipe, and no blanks in its words', async () => {
    const model = continued(models[0]!);
    const folder = await write(model, 'whole');
    expect((await readdir(folder)).sort()).toEqual(
      [
        'README.md',
        'checkpoint.py',
        'cluster.md',
        'data',
        'data.py',
        'model',
        'model.py',
        'prepare.py',
        'architecture.json',
        'optimizers.json',
        'recipe.json',
        'requirements.txt',
        'schedules.py',
        'train.py',
      ].sort(),
    );
    const back = await read(join(folder, 'model'));
    expect(back.resumable).toBe(true);
    expect(back.snapshot).toEqual(model.snapshot);
    expect(JSON.parse(await readFile(join(folder, 'recipe.json'), 'utf8'))).toEqual(model.info.recipe);
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

  test('says so when the text is gone, and uses wide ids for large vocabularies', async () => {
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

  test('its optimizers are torch’s, by the fields of the recipe', async () => {
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
    });
  });

  test.skipIf(!existsSync(PYTHON))('its schedules are ours', async () => {
    const folder = await write(models[0]!, 'scheduled');
    const code =
      'import json, schedules; print(json.dumps({name: [f(i / 8) for i in range(9)] for name, f in schedules.SCHEDULES.items()}))';
    const { stdout } = await run(PYTHON, ['-c', code], { cwd: folder });
    const theirs = JSON.parse(stdout) as Record<string, number[]>;
    expect(Object.keys(theirs)).toEqual(Object.keys(SCHEDULES));
    for (const [name, { shape }] of Object.entries<Schedule>(SCHEDULES)) {
      theirs[name]!.forEach((left, i) => expect(left, `${name} at ${i}/8`).toBeCloseTo(shape(i / 8), 14));
    }
  });

  test("its parameters that decay are the specification's: for a GPT what is a matrix and no embedding of positions", async () => {
    const [model] = models;
    const folder = await write(model!, 'decaying');
    const told = JSON.parse(await readFile(join(folder, 'architecture.json'), 'utf8')) as { decay: string[] };
    const { config, vocabulary } = model!.info.model;
    expect(told).toMatchObject({
      label: 'GPT',
      class: 'GPT2',
      blocks: 'transformer.h',
      context: config.context,
      endOfText: 256,
    });
    const table = Object.entries(modelSpec('gpt').params(config, vocabulary));
    for (const [name, { shape }] of table)
      expect(told.decay.includes(name), name).toBe(shape.length === 2 && !name.endsWith('wpe.weight'));
    for (const path of ['train.py', 'checkpoint.py', 'data.py', 'prepare.py'])
      expect(await readFile(join(folder, path), 'utf8'), path).not.toMatch(
        /gpt.?2|wpe|wte|\btransformer\.|n_positions/i,
      );
  });
});

/** Losses before updates, and held-out losses, of the steps after the one that is saved; and the state then. */
async function ours(model: Exported, steps: number) {
  const { info, snapshot, tokenizer, tokens } = model;
  const controller = new AbortController();
  const last = snapshot.state.step + steps;
  const events: TrainEvent[] = [];
  let saved: Snapshot | undefined;
  await train(
    {
      model: info.model,
      recipe: { ...info.recipe, evalEvery: 1 },
      tokenizer,
      ...tokens!,
      from: snapshot,
      save(at) {
        saved = at;
        return Promise.resolve({ bytes: 0 });
      },
      now: () => 0,
    },
    {
      signal: controller.signal,
      report(event) {
        events.push(event);
        if (event.kind === 'evaluated' && event.step === last) controller.abort();
      },
    },
  );
  const losses = events.flatMap((event) => (event.kind === 'step' ? [event.loss] : []));
  const norms = events.flatMap((event) => (event.kind === 'step' ? [event.gradientNorm] : []));
  const heldOut = events.flatMap((event) => (event.kind === 'evaluated' ? [event.loss] : []));
  return { losses, norms, heldOut, snapshot: saved! };
}

interface Entry {
  step: number;
  loss?: number;
  grad_norm?: number;
  eval_loss?: number;
}
/** What train.py has written to its log; called from the command line, or in another way by `caller`. */
async function theirs(folder: string, args: readonly string[], caller?: string) {
  await run(PYTHON, [caller === undefined ? 'train.py' : script(caller), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], OMP_NUM_THREADS: '1' },
  });
  const lines = (await readFile(join(folder, 'checkpoints/log.jsonl'), 'utf8')).trim().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as Entry);
  return {
    losses: entries.flatMap(({ loss }) => loss ?? []),
    norms: entries.flatMap(({ grad_norm }) => grad_norm ?? []),
    heldOut: entries.flatMap(({ eval_loss }) => eval_loss ?? []),
  };
}
function expectNear(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(want.length);
  let worst = 0;
  for (let i = 0; i < want.length; i++) worst = Math.max(worst, Math.abs(got[i]! - want[i]!));
  expect(worst).toBeLessThanOrEqual(tolerance);
}

describe.skipIf(missing !== null)('PyTorch continues the run', () => {
  test('every file compiles, it reads the windows that we read, its logits are ours, and it cuts text where we do', async () => {
    const text = `Ä first line.\nA second,\n\n  a third\r\nand 1851\n\tones — '${'the sea\nthe sea '.repeat(9)}\n`;
    await writeFile(join(root, 'text.txt'), text);
    const folders = await Promise.all(models.map((model, i) => write(model, `model-${i}`)));
    const { stdout } = await run(PYTHON, [script('handoverReads'), join(root, 'text.txt'), ...folders], {
      maxBuffer: 2 ** 27,
    });
    const seen = JSON.parse(stdout) as {
      models: Record<'inputs' | 'targets' | 'held' | 'logits', number[]>[];
      pieces: string[];
      parts: Record<'train' | 'val', string[]>;
    };
    for (const [i, model] of models.entries()) {
      const { inputs, targets, held, logits } = seen.models[i]!;
      const { context } = model.info.model.config;
      const { train: source, validation } = model.tokens!;
      const place = trainingPlace(source, causal, { seed: 4_000_000_001, step: 77, rows: 5, context });
      const { arrays: want } = await causal.batch(source, place);
      expect(inputs).toEqual([...want.ids]);
      expect(targets).toEqual([...want.targets]);
      const places = [...evaluationPlaces(validation, causal, { context, rows: 4, maxTokens: 1000 })];
      const windows = await Promise.all(places.map((at) => causal.batch(validation, at)));
      expect(held).toEqual(windows.flatMap(({ arrays }) => [...arrays.ids]));
      expectNear(logits, await ourLogits(model, [...want.ids.subarray(0, context)]), 1e-4);
      expect(seen.pieces.flatMap((piece) => [...model.tokenizer.encode(piece)])).toEqual([
        ...model.tokenizer.encode(text),
      ]);
    }
    expect(seen.pieces.length).toBeGreaterThan(5);
    // The end of each text is held out.
    const { train: learnt, val: heldOut } = seen.parts;
    expect(learnt.map((part, i) => part + heldOut[i]!).join('')).toBe(text);
    const bytes = (words: string): number => new TextEncoder().encode(words).length;
    expect(bytes(heldOut.join('')) / bytes(text)).toBeCloseTo(0.3, 1);
  });

  test('with the losses that our own trainer has, and what it writes is the same run here', async () => {
    const model = continued(models[0]!, { evalEvery: 1, accumulate: 2 });
    const want = await ours(model, 4);
    const folder = await write(model, 'continued');
    const got = await theirs(folder, ['--stop-after', '3']);
    expectNear(got.losses, want.losses.slice(0, 3), 1e-3);
    expectNear(got.norms, want.norms.slice(0, 3), 1e-3);
    expectNear(got.heldOut, want.heldOut.slice(0, 3), 1e-3);

    const { step, tokensSeen } = model.snapshot.state;
    const tokens = 3 * model.info.recipe.batch * 2 * model.info.model.config.context;
    const back = await read(join(folder, `checkpoints/step-${step + 3}`));
    expect(back.snapshot.state).toMatchObject({ step: step + 3, tokensSeen: tokensSeen + tokens });
    expect(back.resumable).toBe(true);
    expect(back.events.at(-1)).toMatchObject({ kind: 'evaluated', step: step + 3 });
    const further = await ours({ ...model, snapshot: back.snapshot }, 1);
    expectNear(further.losses, want.losses.slice(3), 1e-3);
  });

  test('a flipped bit in weights or moments ends it before it trains', async () => {
    for (const name of ['model.safetensors', 'optimizer.safetensors']) {
      const folder = await write(continued(models[0]!), `flipped-${name}`);
      const path = join(folder, 'model', name);
      const bytes = await readFile(path);
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(path, bytes);
      await expect(theirs(folder, ['--stop-after', '1'])).rejects.toThrow(
        /tensors have changed since they were written/,
      );
      expect(await readdir(folder)).not.toContain('checkpoints');
    }
  });

  test('two processes that share an update make the same one, with whole copies (DDP) or cut in two (FSDP)', async () => {
    const model = continued(models[2]!, { evalEvery: 1 });
    const want = await ours(model, 4);
    // The second call goes on from what the first has saved, and shares it out in another way.
    const got = await theirs(
      await write(model, 'shared'),
      ['--stop-after', '2', '--micro-batch', '3'],
      'handoverInTwo',
    );
    expectNear(got.losses, want.losses, 1e-3);
    expectNear(got.norms, want.norms, 1e-3);
    expectNear(got.heldOut, want.heldOut, 1e-3);
  });
});
