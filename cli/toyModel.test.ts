/** A new architecture in the terminal, tried in a copy of the source: it needs only its folder and its line. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lines, run, STEP_ALONE } from './testing/run';
import { toyTree } from './testing/toyTree';

let folder: string;
let tree: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'toy-'));
  tree = await toyTree(folder);
  await writeFile(join(folder, 'text.txt'), 'Ein Wal, das ist kein Fisch. '.repeat(60));
});
afterAll(() => rm(folder, { recursive: true }));

const call = (...args: string[]) => run(args, { cwd: folder, root: tree });
const tiny = ['--layers', '1', '--heads', '2', '--width', '16', '--context', '16', '--batch', '4', '--steps', '4'];
const grow = (...args: string[]) =>
  call('grow', '--text', 'text.txt', ...tiny, '--tokenizer', 'bytes', '--device', 'wasm', '--json', ...args);

test('grow builds it by its flags, sample generates with it, export writes the formats that support it', async () => {
  const help = await call('grow', '--help');
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toMatch(/^ {2}--model NAME +Architecture \(gpt.*, toy; default: gpt\)$/m);
  expect(help.stdout).toMatch(
    /^ {2}--kv-heads N +Key-value heads, divides the heads; only llama, .*toy \(1 to 128; default: chosen to fit the others for llama, .*2 for toy\)/m,
  );
  expect(help.stdout).toMatch(/^ {2}toy +Toy, with --layers --heads --kv-heads --width --hidden --context$/m);

  const grown = await grow('--model', 'toy', '--kv-heads', '1', '--hidden', '24', '--out', 'model');
  expect(grown).toMatchObject({ code: 0, stderr: '' });
  expect(lines(grown.stdout).at(-1)).toMatchObject({
    parameters: 257 * 16 + 16 * (16 + 16) + 256 + 16 * 48 + 24 * 16 + 48,
  });
  const info = JSON.parse(await readFile(join(folder, 'model/homegrown.json'), 'utf8')) as object;
  expect(info).toMatchObject({ model: { id: 'toy', config: { kvHeads: 1, hidden: 24 } } });
  const sample = ['--from', 'model', '--prompt', 'Ein Wal', '--tokens', '8', '--device', 'wasm'];
  expect(await call('sample', ...sample)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(STEP_ALONE) as string,
  });

  const written = await call('export', '--from', 'model', '--format', 'gguf-f16', '--out', 'toy.gguf');
  expect(written).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  const refused = await call('export', '--from', 'model', '--format', 'onnx-f32', '--out', 'onnx');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toBe('The ONNX exporter doesn’t support Toy models. Choose another --format.\n');

  const unfit = await grow('--model', 'toy', '--kv-heads', '3', '--out', 'none');
  expect(unfit.stderr).toBe('2 heads cannot share 3 heads of keys. Nothing was started. Change these settings.\n');
}, 240_000);
