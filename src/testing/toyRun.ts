/** Four steps of the toy architecture, after it was added to the list: loads code that depends on the list then. */
import { TOY_CONFIG, TOY_ID } from './toyModel/spec';
import { tokenSource } from './tokenSource';

/** Input of the run. */
export async function toyInput() {
  const { createTokenizer } = await import('../core/tokenizer/byteLevel');
  const { DEFAULT_RECIPE } = await import('../core/train/recipe');
  const { modelSchema } = await import('../core/runs/settings');
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const ids = tokenizer.encode('The whale is the king of the sea, and the sea is the field of the whale. '.repeat(9));
  const part = (some: Uint32Array) => tokenSource(some, tokenizer.size);
  let time = 0;
  return {
    model: modelSchema.parse({ id: TOY_ID, config: TOY_CONFIG, vocabulary: tokenizer.size }),
    recipe: { ...DEFAULT_RECIPE, steps: 4, batch: 2, warmup: 0, learningRate: 0.01, evalEvery: 4, saveEvery: 2 },
    tokenizer,
    train: part(ids.subarray(0, 500)),
    validation: part(ids.subarray(500)),
    now: () => (time += 5),
  };
}

/** The stored run, as the app stores it. */
export async function toyRun() {
  const { savedRun } = await import('./savedRun');
  return savedRun(await toyInput());
}
