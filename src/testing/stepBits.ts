/** Results of a run, to the last bit: losses of its steps, and a hash of its final weights and moments. */
import { unwatched } from '../core/base/job';
import { sha256Hex } from '../core/base/hash';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import type { Snapshot } from '../core/train/run';
import { train } from '../core/train/train';
import { tokenSource } from './tokenSource';

interface StepBits {
  /** Losses of the steps, then of held-out text at the end. */
  losses: number[];
  hash: string;
}

/** Three steps of a small GPT on `rows` x 64 tokens. */
export async function stepBits(rows: number, change: Partial<Recipe> = {}): Promise<StepBits> {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const ids = tokenizer.encode('The whale is the king of the sea, and the sea is the field of the whale. '.repeat(20));
  const part = (some: Uint32Array) => tokenSource(some, tokenizer.size);
  const losses: number[] = [];
  let last: Snapshot | undefined;
  await train(
    {
      model: { id: 'gpt', config: { layers: 2, heads: 2, width: 32, context: 64 }, vocabulary: tokenizer.size },
      recipe: {
        ...DEFAULT_RECIPE,
        steps: 3,
        batch: rows,
        warmup: 1,
        learningRate: 0.01,
        evalEvery: 3,
        evalTokens: 256,
        samplePrompt: 'T',
        ...change,
      },
      tokenizer,
      train: part(ids.subarray(0, 1200)),
      validation: part(ids.subarray(1200)),
      save(snapshot) {
        last = snapshot;
        return Promise.resolve({ bytes: 0 });
      },
      now: () => 0,
    },
    {
      ...unwatched,
      report(event) {
        if (event.kind === 'step' || event.kind === 'evaluated') losses.push(event.loss);
      },
    },
  );
  const tensors = [...last!.tensors].map(async ([name, { data }]) => {
    return `${name} ${await sha256Hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`;
  });
  return { losses, hash: await sha256Hex((await Promise.all(tensors)).join('\n')) };
}
