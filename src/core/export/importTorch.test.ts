/** Checkpoints that torch itself has written say here what they say there. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { bytesSource } from '../files/byteSource';
import { network } from '../models/network';
import { logits } from '../sample/logits';
import { useWasm } from '../testing/wasm';
import { createTokenizer } from '../tokenizer/byteLevel';
import { writeTokenizerJson } from '../tokenizer/json';
import { MODELS } from '../models';
import { importHuggingFace } from './importHuggingFace';

const PYTHON = '/usr/bin/python3';
const run = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const hasTorch = await run(PYTHON, [
  '-c',
  'from importlib.metadata import version as v; v("torch"), v("safetensors")',
]).then(
  () => true,
  () => false,
);
if (!hasTorch) console.warn(`Skipped: checkpoints that torch wrote, because ${PYTHON} has no torch or no safetensors.`);

test.skipIf(!hasTorch)('in 32 bits, in both kinds of 16, and in two pieces: the same logits within 1e-4', async () => {
  const ids = [72, 101, 108, 108, 111, 256, 7, 255, 0, 257, 3, 99];
  const tokenizer = await createTokenizer({ kind: 'bpe', merges: [[71, 72], [256, 73]] }); // prettier-ignore
  const config = { layers: 2, heads: 4, width: 32, context: 16 };
  const model = { id: 'gpt' as const, config, vocabulary: tokenizer.size };
  const root = await mkdtemp(join(tmpdir(), 'torch-'));
  try {
    const json = MODELS.gpt.huggingFace!.config(model, tokenizer.endOfText, 0);
    await writeFile(join(root, 'config.json'), JSON.stringify(json));
    await writeFile(join(root, 'tokenizer.json'), writeTokenizerJson(tokenizer));
    const code = here('../../../public/templates/pytorch');
    const script = here('../testing/torchWrites.py');
    const { stdout } = await run(PYTHON, [script, code, JSON.stringify(ids), root], { maxBuffer: 2 ** 24 });
    const theirs = Object.entries(JSON.parse(stdout) as Record<string, number[]>);
    expect(theirs.map(([name]) => name)).toEqual(['f32', 'f16', 'bf16', 'pieces']);
    const [[, exact]] = theirs as [[string, number[]]];
    await useWasm();
    for (const [name, expected] of theirs) {
      const folder = join(root, name);
      const files = (await readdir(folder)).map(async (file) => ({
        name: file,
        source: bytesSource(await readFile(join(folder, file))),
      }));
      const imported = await importHuggingFace(await Promise.all(files), unwatched);
      expect(imported.model).toEqual(model);
      const net = await network(imported.model, imported.snapshot.tensors);
      const ours = await logits(net, ids);
      net.dispose();
      expect(furthest(ours, expected), name).toBeLessThan(1e-4);
      // What rounding did to the weights is seen: neither side has read another folder.
      if (name.includes('f16')) expect(furthest(exact, expected), name).toBeGreaterThan(2e-4);
    }
  } finally {
    await rm(root, { recursive: true });
  }
});

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)));
}
