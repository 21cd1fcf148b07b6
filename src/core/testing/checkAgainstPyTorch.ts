/** Training steps here against the same in PyTorch, where that is installed. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { stream } from '../base/rng';
import { readBytes } from '../files/byteSource';
import { writeSafetensors } from '../checkpoint/safetensors';
import { initialValues } from '../models/network';
import { causalBatch } from '../objectives/causal';
import { learner } from '../train/learner';
import { DEFAULT_RECIPE, type Recipe } from '../train/recipe';

/** Debian's, which has python3-torch where that is installed. */
const PYTHON = '/usr/bin/python3';
const run = promisify(execFile);
const LOOK = 'from importlib.util import find_spec; exit(find_spec("torch") is None)';
const isMissing = await run(PYTHON, ['-c', LOOK]).then(
  () => false,
  () => true,
);
if (isMissing) console.warn(`Skipped: PyTorch makes the same losses, because ${PYTHON} has no torch.`);

const model = { id: 'gpt', config: { layers: 2, heads: 3, width: 48, context: 16 }, vocabulary: 71 } as const;
const recipe: Recipe = { ...DEFAULT_RECIPE, steps: 20, batch: 6, warmup: 5, learningRate: 1e-2, clip: 0.8 };
const weights = initialValues(model, 1);
const size = recipe.batch * model.config.context;
/** Small ids are frequent, so that there is something to learn. */
const batches = Array.from({ length: recipe.steps }, (_, step) => {
  const at = stream(3, 'tokens', step);
  const text = Int32Array.from({ length: size + 1 }, (__, i) => at(2 * i) % (1 + (at(2 * i + 1) % 71)));
  return { ids: text.subarray(0, size), targets: text.subarray(1) };
});

async function inPyTorch(folder: string): Promise<number[]> {
  await writeFile(
    join(folder, 'weights.safetensors'),
    await readBytes(writeSafetensors('weights.safetensors', weights)),
  );
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ config: model.config, recipe }));
  const numbers = Int32Array.from(batches.flatMap(({ ids, targets }) => [...ids, ...targets]));
  await writeFile(join(folder, 'batches.i32'), new Uint8Array(numbers.buffer));
  const script = fileURLToPath(new URL('gpt2Steps.py', import.meta.url));
  return JSON.parse((await run(PYTHON, [script, folder])).stdout) as number[];
}
async function here(change: Partial<Recipe>): Promise<number[]> {
  const learning = await learner(model, { ...recipe, ...change }, weights, () => 0);
  const losses: number[] = [];
  const norms: number[] = [];
  for (const [i, { ids, targets }] of batches.entries()) {
    const { loss, norm } = await learning.step(i + 1, causalBatch(ids, targets));
    losses.push(loss);
    norms.push(norm);
  }
  expect(Math.max(...norms), 'the largest gradient is clipped').toBeGreaterThan(recipe.clip);
  learning.dispose();
  return losses;
}

/** Twenty steps on the device that `use` opens, as one batch and in micro-batches. */
export function checkAgainstPyTorch(use: () => Promise<unknown>): void {
  let folder: string;
  beforeAll(async () => {
    await use();
    folder = await mkdtemp(join(tmpdir(), 'steps-'));
    return () => rm(folder, { recursive: true });
  });

  test.skipIf(isMissing)(
    'PyTorch makes the same losses: 20 steps of AdamW, clipped, with warm-up and cosine',
    async () => {
      const want = await inPyTorch(folder);
      expect(want[0]).toBeCloseTo(Math.log(71), 1);
      expect(want.at(-1)).toBeLessThan(want[0]! - 0.15);
      for (const change of [{}, { batch: 2, accumulate: 3 }]) {
        const got = await here(change);
        got.forEach((loss, i) => expect(Math.abs(loss - want[i]!), `step ${i + 1}`).toBeLessThan(1e-4));
      }
    },
  );
}
