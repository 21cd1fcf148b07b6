/** An architecture without a Hugging Face layout, from the terminal: trained, resumed, tuned, measured, sampled and exported. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, lines, run } from './testing/run';
import { toyTree } from './testing/toyTree';

let folder: string;
let tree: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-layout-'));
  tree = await toyTree(folder, (spec) => spec.replace('  huggingFace,\n  gguf,\n', ''));
  await writeFile(join(folder, 'text.txt'), 'Ein Wal, das ist kein Fisch. '.repeat(60));
});
afterAll(() => rm(folder, { recursive: true }));

const call = (...args: string[]): Promise<Ended> => run(args, { cwd: folder, root: tree });
async function done(...args: string[]): Promise<Ended> {
  const ended = await call(...args);
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
}
const text = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
const tiny = ['--layers', '1', '--heads', '2', '--width', '16', '--context', '16', '--batch', '4'];
const onCpu = ['--device', 'wasm', '--json'];

test('grow writes our own layout and says so; resume, tune, evaluate, compare, sample and export open it', async () => {
  const sizes = ['--model', 'toy', ...tiny, '--tokenizer', 'bytes'];
  const grown = await done(
    'grow',
    '--text',
    'text.txt',
    ...sizes,
    '--steps',
    '4',
    '--device',
    'wasm',
    '--out',
    'model',
  );
  expect(grown.stderr).toContain('transformers has no Toy model. Only Homegrown opens the folder.\n');
  expect(JSON.parse(await text('model/config.json'))).toMatchObject({
    model_type: 'homegrown',
    architecture: 'toy',
    config: { layers: 1, kvHeads: 2, width: 16 },
  });
  expect(await text('model/README.md')).toContain('transformers has no Toy model. Only Homegrown opens the folder.');

  await done('grow', '--resume', 'model', '--text', 'text.txt', '--steps', '8', ...onCpu, '--out', 'resumed');
  expect(JSON.parse(await text('resumed/homegrown.json'))).toMatchObject({ state: { step: 8 } });

  // The first half of an adapter run and its resumption equal the whole run.
  const tune = ['tune', '--kind', 'adapt', '--from', 'model', '--text', 'text.txt', ...onCpu];
  await done(...tune, '--steps', '2', '--out', 'tuned');
  const lora = ['--adapter', 'lora:2', '--schedule', 'constant'];
  await done(...tune, ...lora, '--steps', '4', '--out', 'adapted');
  await done(...tune, ...lora, '--steps', '2', '--out', 'half');
  await done('grow', '--resume', 'half', '--steps', '4', ...onCpu);
  for (const name of ['model.safetensors', 'optimizer.safetensors', 'adapter/adapter_model.safetensors'])
    expect(await readFile(join(folder, 'half', name)), name).toEqual(await readFile(join(folder, 'adapted', name)));
  const measured = await done('evaluate', '--from', 'adapted', '--text', 'text.txt', ...onCpu);
  expect(lines(measured.stdout).length).toBeGreaterThan(0);
  await done('compare', '--from', 'model', '--with', 'tuned', '--text', 'text.txt', ...onCpu);
  await done('sample', '--from', 'adapted', '--prompt', 'Ein Wal', '--tokens', '4', '--device', 'wasm');
  await done('grow', '--from', 'model', '--text', 'text.txt', '--steps', '2', ...onCpu, '--out', 'further');

  const again = await done('export', '--from', 'model', '--format', 'hf', '--optimizer', '--out', 'copy');
  expect(again.stderr).toContain('Only Homegrown opens the folder.');
  for (const name of ['model.safetensors', 'optimizer.safetensors', 'config.json'])
    expect(await readFile(join(folder, 'copy', name)), name).toEqual(await readFile(join(folder, 'model', name)));
  await done('export', '--from', 'model', '--format', 'safetensors', '--out', 'weights.safetensors');
  for (const [format, words] of Object.entries(REFUSED)) {
    const refused = await call('export', '--from', 'adapted', '--format', format, '--out', `as-${format}`);
    expect(refused).toMatchObject({ code: 2, stderr: `${words}. Choose another --format.\n` });
  }
}, 240_000);

const REFUSED = {
  'gguf-f16': 'GGUF doesn’t support Toy models',
  'gguf-lora': 'GGUF doesn’t support Toy models',
  'onnx-f32': 'The ONNX exporter doesn’t support Toy models',
  html: 'The offline page can’t run Toy models yet',
  peft: 'transformers has no Toy model',
  pytorch: 'The PyTorch bundle doesn’t support Toy models',
  service: 'GGUF doesn’t support Toy models',
};
