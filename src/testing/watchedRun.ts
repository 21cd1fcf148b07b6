/** A small run on bytes that records its events and saves. */
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import type { Snapshot, TrainEvent, TrainInput, TrainOutcome } from '../core/train/run';
import { train } from '../core/train/train';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { tokenSource } from './tokenSource';

export const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const text = 'The whale is the king of the sea, and the sea is the field of the whale. '.repeat(20);
export const model = {
  id: 'gpt',
  config: { layers: 1, heads: 2, width: 16, context: 12 },
  vocabulary: tokenizer.size,
} as const;
export const recipe: Recipe = {
  ...DEFAULT_RECIPE,
  steps: 12,
  batch: 3,
  warmup: 3,
  learningRate: 0.01,
  dropout: 0.1,
  evalEvery: 6,
  evalTokens: 72,
  saveEvery: 5,
};

export const source = (ids: Uint32Array) => tokenSource(ids, tokenizer.size);
export const ids = tokenizer.encode(text);
export const data = { train: source(ids.subarray(0, 1200)), validation: source(ids.subarray(1200)) };

interface Watched {
  outcome: TrainOutcome;
  events: TrainEvent[];
  saved: Snapshot[];
  /** Snapshots saved as the best step. */
  kept: Snapshot[];
}
/** Trains, and stops once `stopAt` is reported. */
export async function watch(
  change: Partial<Recipe> = {},
  { from, stopAt, length }: { from?: Snapshot; stopAt?: number; length?: (done: number) => number } = {},
): Promise<Watched> {
  const events: TrainEvent[] = [];
  const saved: Snapshot[] = [];
  const kept: Snapshot[] = [];
  const stop = new AbortController();
  const input: TrainInput = {
    model,
    recipe: { ...recipe, ...change },
    tokenizer,
    ...data,
    ...(from && { from }),
    save(snapshot) {
      saved.push(structuredClone(snapshot));
      return Promise.resolve({ bytes: 1 });
    },
    async keepBest(state, weights) {
      kept.push(structuredClone({ state, tensors: await weights() }));
      return { bytes: 1 };
    },
    ...(length && { length: () => length(begun++) }),
    now: () => performance.now(),
  };
  let begun = 0;
  const report = (event: TrainEvent): void => {
    events.push(event);
    if (event.kind === 'step' && event.step === stopAt) stop.abort();
  };
  return { outcome: await train(input, { signal: stop.signal, report }), events, saved, kept };
}
export const losses = (events: TrainEvent[]) =>
  events.flatMap((e) => (e.kind === 'step' ? [[e.step, e.loss] as const] : []));
export const few: Partial<Recipe> = { steps: 6, evalEvery: 6 };
export const numbers = (events: TrainEvent[]) => losses(events).map(([, loss]) => loss);
export const stepsOf = (events: TrainEvent[], kind: 'evaluated' | 'saved' | 'kept') =>
  events.flatMap((e) => (e.kind === kind ? [e.step] : []));
