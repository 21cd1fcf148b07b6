import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metricsOf, OBJECTIVES } from '../src/core/objectives';
import { lines, run, STEP_ALONE } from './testing/run';

let folder: string;
let out: string;
const text = () => join(folder, 'text.txt');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grow-'));
  out = join(folder, 'model');
  await writeFile(text(), 'Ein Wal — das ist kein Fisch. '.repeat(60));
});
afterAll(() => rm(folder, { recursive: true }));

const tiny = ['--layers', '1', '--heads', '2', '--width', '16', '--context', '16', '--batch', '4', '--warmup', '2'];
const grow = (...args: string[]) => ['--text', text(), ...tiny, '--device', 'wasm', '--out', out, '--json', ...args];

test('grow extracts the text of a page, and reports how the page was read', async () => {
  const page = join(folder, 'page.html');
  await writeFile(
    page,
    Buffer.from('<meta charset=latin1><p>Ein Wal, das ist für uns kein Fisch.</p> '.repeat(60), 'latin1'),
  );
  const args = ['--text', page, ...tiny, '--device', 'wasm', '--steps', '2', '--out', join(folder, 'of-page')];
  const said = await run(['grow', ...args]);
  expect(said.code).toBe(0);
  expect(said.stderr).toContain('Fits in memory.\n');
  expect(said.stderr).toContain('The learning rate never reaches its peak: 2 of 2 steps are warm-up.');
  expect(said.stderr).toContain('page.html: Converted from latin1 to UTF-8.\n');
  const characters = 60 * 'Ein Wal, das ist für uns kein Fisch.\n\n'.length - 2;
  const homegrownJson = await readFile(join(folder, 'of-page/homegrown.json'), 'utf8');
  expect(homegrownJson.replace(/\s/g, '')).toContain(`"characters":${characters},`);
  await rm(join(folder, 'of-page'), { recursive: true });
  await rm(page);
});

test('grow writes a folder with baselines as evaluate measures them, and sample continues a prompt from it', async () => {
  const grown = await run([
    'grow',
    ...grow('--tokenizer', 'bpe:270', '--steps', '20', '--eval-every', '10', '--learning-rate', '1e-2'),
  ]);
  expect(grown).toMatchObject({ code: 0, stderr: '' });
  const events = lines(grown.stdout);
  expect(events.map(({ step }) => step)).toEqual([0, 10, 20, 20]);
  const last = events.at(-1)!;
  expect(last).toMatchObject({ perplexity: expect.any(Number) as number, bitsPerByte: expect.any(Number) as number });
  expect(Object.keys(last)).toEqual([
    'step',
    'trainLoss',
    'valLoss',
    ...metricsOf(OBJECTIVES.causal).filter((id) => id !== 'loss'),
    'tokensPerSecond',
    'parameters',
    'device',
    'wattHours',
    'verdict',
    'out',
  ]);
  expect(last).toMatchObject({
    device: 'wasm',
    verdict: 'tooLittleText',
    out,
    parameters: 270 * 16 + 16 * 16 + 12 * 16 ** 2 + 13 * 16 + 2 * 16,
  });
  expect(last['valLoss']).toBeLessThan(events[0]!['valLoss'] as number);
  expect(Math.log(last['perplexity'] as number)).toBeCloseTo(last['valLoss'] as number, 9);
  expect(await readdir(out)).toEqual([
    'DATASHEET.md',
    'README.md',
    'config.json',
    'generation_config.json',
    'homegrown.files.json',
    'homegrown.json',
    'local.json',
    'model.safetensors',
    'optimizer.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
    'trainer_state.json',
  ]);
  expect(await readdir(folder)).toEqual(['model', 'text.txt']);

  const log = JSON.parse(await readFile(join(out, 'trainer_state.json'), 'utf8')) as { log_history: object[] };
  expect(log.log_history.length).toBe(20 + 3);

  const sample = ['--from', out, '--prompt', 'Ein Wal', '--tokens', '12', '--device', 'wasm'];
  const [first, again, greedy] = [
    await run(['sample', ...sample, '--temperature', '1', '--seed', '3']),
    await run(['sample', ...sample, '--temperature', '1', '--seed', '3']),
    await run(['sample', ...sample, '--temperature', '0', '--seed', '9']),
  ];
  expect(first).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  expect(first.stdout.length).toBeGreaterThan(5);
  expect(again.stdout).toBe(first.stdout);
  expect(greedy.stdout).not.toContain('Ein Wal');

  const listed = lines((await run(['runs', '--in', folder, '--json'])).stdout)[0] as {
    runs: { baselines: Record<string, { loss: number }> }[];
  };
  const { uniform, unigram, bigram, trigram } = listed.runs[0]!.baselines;
  expect(uniform!.loss).toBeCloseTo(Math.log(270), 9);
  expect(unigram!.loss).toBeLessThan(uniform!.loss);
  expect(bigram!.loss).toBeLessThan(unigram!.loss);
  expect(trigram!.loss).toBeLessThan(unigram!.loss);
  const evaluated = await run(['evaluate', '--from', out, '--device', 'wasm', '--json']);
  expect(evaluated).toMatchObject({ code: 0 });
  const { baselines } = lines(evaluated.stdout)[0] as { baselines: Record<string, { loss: number }> };
  expect([baselines['unigram'], baselines['bigram'], baselines['trigram']].map((found) => found!.loss)).toEqual([
    unigram!.loss,
    bigram!.loss,
    trigram!.loss,
  ]);
}, 120_000);

test('grow uses the requested special tokens and the default rate, and sample continues a prompt from the folder', async () => {
  const special = ['--special', 'sentinel:2,mask', '--optimizer', 'sgd'];
  const grown = await run(['grow', ...grow('--tokenizer', 'bytes', '--steps', '2', ...special)]);
  expect(grown).toMatchObject({ code: 0, stderr: '' });
  const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(out, name), 'utf8'));
  expect(await json('homegrown.json')).toMatchObject({ roles: ['end', 'mask', 'sentinel', 'sentinel'] });
  // Without a given rate, the optimizer's default applies.
  expect(await json('homegrown.json')).toMatchObject({
    segments: [{ recipe: { optimizer: 'sgd', learningRate: 0.1 } }],
  });
  expect(await json('tokenizer_config.json')).toMatchObject({
    eos_token: '<|endoftext|>',
    mask_token: '<mask>',
    additional_special_tokens: ['<extra_id_0>', '<extra_id_1>'],
  });
  expect(await json('config.json')).toMatchObject({ vocab_size: 260, eos_token_id: 256 });
  const args = ['--from', out, '--prompt', 'Ein <mask>', '--tokens', '3', '--device', 'wasm'];
  expect(await run(['sample', ...args])).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(STEP_ALONE) as string,
  });
  await rm(out, { recursive: true });
}, 120_000);

test('the folder of grow holds the best step, and its last line names both steps', async () => {
  const steep = ['--learning-rate', '10', '--schedule', 'constant'];
  const grown = await run(['grow', ...grow('--tokenizer', 'bytes', '--steps', '6', '--eval-every', '1', ...steep)]);
  expect(grown).toMatchObject({ code: 0, stderr: '' });
  const losses = lines(grown.stdout).slice(0, -1);
  const best = losses.reduce((a, b) => ((a['valLoss'] as number) <= (b['valLoss'] as number) ? a : b));
  expect(best['step']).toBeLessThan(6);
  const info = JSON.parse(await readFile(join(out, 'homegrown.json'), 'utf8')) as Record<string, unknown>;
  expect(info).toMatchObject({
    state: { step: best['step'], best: { step: best['step'], loss: best['valLoss'] } },
  });
  expect(info).not.toHaveProperty('bestNotKept');
  expect(lines(grown.stdout).at(-1)).toMatchObject({ step: best['step'], lastStep: 6 });
  const log = JSON.parse(await readFile(join(out, 'trainer_state.json'), 'utf8')) as object;
  expect(log).toMatchObject({ best_global_step: best['step'], best_metric: best['valLoss'] });
});

test('grow recomputes activations if the plan needs much of the allowed memory, and says so', async () => {
  const sizes = ['--layers', '4', '--heads', '2', '--width', '16', '--context', '16', '--batch', '64', '--warmup', '1'];
  const shape = ['--text', text(), ...sizes, '--steps', '2', '--tokenizer', 'bytes', '--device', 'wasm'];
  const again = async (...args: string[]) => {
    const to = join(folder, 'again');
    const said = await run(['grow', ...shape, '--out', to, ...args]);
    const read = said.code === 0 ? await readFile(join(to, 'homegrown.json'), 'utf8') : 'null';
    await rm(to, { recursive: true, force: true });
    const info = JSON.parse(read) as { segments: { recipe: { recompute: boolean } }[] } | null;
    return { ...said, recompute: info?.segments[0]?.recipe.recompute };
  };
  const auto = await again('--memory', '0.008');
  expect(auto).toMatchObject({ code: 0, recompute: true });
  expect(auto.stderr).toMatch(/Activation recomputation is on: [\d.]+ MB instead of/);
  expect(auto.stderr).toContain('--recompute off keeps them; --memory sets the limit in GB.\n');
  expect(await again('--memory', '0.008', '--recompute', 'off')).toMatchObject({ code: 0, recompute: false });
  expect(await again('--recompute')).toMatchObject({ code: 0, recompute: true });
  const refused = await again('--memory', '0.001');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/The run needs [\d.]+ MB; the limit is 1 MB\. Use /);
});

test('export writes each format to the given path, a folder or a file', async () => {
  const grown = await run(['grow', ...grow('--tokenizer', 'bytes', '--steps', '2')]);
  expect(grown).toMatchObject({ code: 0, stderr: '' });
  const formats: Record<string, string> = {
    hf: 'model.safetensors',
    safetensors: '',
    'gguf-f32': '',
    'gguf-f16': '',
    'gguf-q8_0': '',
    'onnx-f32': 'onnx/model.onnx',
    'onnx-f16': 'onnx/model_fp16.onnx',
    html: '',
    service: 'server.mjs',
    pytorch: 'train.py',
  };
  for (const [format, holds] of Object.entries(formats)) {
    const target = join(folder, `out-${format}`);
    const exported = await run(['export', '--from', out, '--format', format, '--out', target]);
    expect(exported, format).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
    expect((await readFile(join(target, holds))).length, format).toBeGreaterThan(1000);
  }
  // A hand-over requires these; other formats include them on request.
  expect(await readdir(join(folder, 'out-pytorch/model'))).toContain('optimizer.safetensors');
  expect(await readdir(join(folder, 'out-hf'))).not.toContain('optimizer.safetensors');
  expect(await readFile(join(folder, 'out-gguf-f16.Modelfile'), 'utf8')).toContain('FROM ./out-gguf-f16');
  // A user's file with the name of a sidecar.
  await writeFile(join(folder, 'mine.Modelfile'), 'mine');
  const next = await run(['export', '--from', out, '--format', 'gguf-f32', '--out', join(folder, 'mine.gguf')]);
  expect(next.stderr).toContain('mine.Modelfile exists');
  expect(await readFile(join(folder, 'mine.Modelfile'), 'utf8')).toBe('mine');
  const same = await run(['export', '--from', out, '--format', 'hf', '--out', out]);
  expect(same).toMatchObject({ code: 2, stdout: '' });
}, 240_000);
