/** Trains one run while models of other runs are in use, over the GPU worker's real half behind a channel. */
import { expect } from 'vitest';
import type { Client } from '../client/connect';
import type { BeginInput, GpuApi } from '../protocol/gpu';
import { buildData } from '../jobs/buildData';
import type { BlobStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { loadSnapshot } from '../core/checkpoint/checkpoint';
import { readJournal } from '../core/runs/journal';
import { importText, pastedText } from '../core/documents';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import type { TrainEvent } from '../core/train/run';

export const SAMPLING = { prompt: 'The ', temperature: 1, topK: 0, topP: 1, seed: 1, length: 40 };

export type Begin = (runId: string, recipe: Partial<Recipe>, width?: number) => BeginInput;

/** Stores a text and its bytes as data, with a tenth held out. */
export async function byteData(store: BlobStore, text: string) {
  const outcome = await importText(pastedText('sea.txt', text), store, { addedAt: 1 }, unwatched);
  if (outcome.kind !== 'added') throw new Error('no text');
  const tokenizer = { kind: 'bytes', merges: [] } as const;
  const split = { validation: 0.1, test: 0, seed: 0 };
  const data = await buildData(store, [outcome.text.id], await createTokenizer(tokenizer), split, unwatched);
  return { tokenizer, data };
}

/** Small runs on a stored text. */
export async function smallRuns(store: BlobStore): Promise<Begin> {
  const lines = Array.from({ length: 60 }, (_, i) => `The sea is ${i * i} miles wide, and whale ${i} is large. `);
  const { tokenizer, data } = await byteData(store, lines.join(''));
  return (runId, recipe, width = 16) => ({
    runId,
    projectId: 'first',
    name: runId,
    createdAt: 1,
    data,
    tokenizer,
    texts: [],
    model: { id: 'gpt', config: { layers: 1, heads: 2, width, context: 16 }, vocabulary: 257 },
    recipe: { ...DEFAULT_RECIPE, batch: 4, dropout: 0.1, evalTokens: 64, evalEvery: 10, saveEvery: 10, ...recipe },
  });
}

interface Place {
  gpu: Client<GpuApi>;
  store: BlobStore;
}

/** Trains, and calls `meanwhile` at the first step. */
export async function train(
  { gpu, store }: Place,
  input: BeginInput,
  meanwhile?: (run: { ended(): boolean }) => Promise<void>,
) {
  let hasEnded = false;
  let besides: Promise<void> | undefined;
  const onProgress = (events: readonly TrainEvent[]): void => {
    if (events.some(({ kind }) => kind === 'step')) besides ??= meanwhile?.({ ended: () => hasEnded });
  };
  await gpu.call('begin', input, { onProgress });
  hasEnded = true;
  await besides;
  const { snapshot } = await loadSnapshot(store, input.runId);
  const events = await readJournal(store, input.runId);
  return {
    tensors: snapshot.tensors,
    losses: events.flatMap((e) => (e.kind === 'step' || e.kind === 'evaluated' ? [e.loss] : [])),
    samples: events.flatMap((e) => (e.kind === 'evaluated' ? [e.sample] : [])),
  };
}

export const written = async (
  { gpu }: Pick<Place, 'gpu'>,
  model: { runId: string; which: 'latest' | number },
): Promise<string> => {
  let text = '';
  const onProgress = (tokens: readonly { text: string }[]): void => tokens.forEach((token) => (text += token.text));
  await gpu.call('generate', { ...model, ...SAMPLING }, { onProgress });
  return text;
};

/** Checks that a run has the same bits while another run and its own saved steps are sampled, evaluated and read. */
export async function checkSameBits(place: Place, of: Begin, steps: number): Promise<void> {
  const { gpu } = place;
  await gpu.call('begin', of('other', { steps: 4, seed: 9 }, 24));
  const before = { runId: 'other', which: 'latest' } as const;
  const alone = {
    text: await written(place, before),
    measured: await gpu.call('evaluate', { ...before, part: 'validation', tokens: 64 }),
    read: await gpu.call('reference', before),
  };
  const quiet = await train(place, of('quiet', { steps }));

  const during = { rounds: 0, own: 0 };
  const busy = await train(place, of('busy', { steps }), async ({ ended }) => {
    while (!ended()) {
      const own = { runId: 'busy', which: 'latest' } as const;
      const [text, measured, read, mine] = await Promise.all([
        written(place, before),
        gpu.call('evaluate', { ...before, part: 'validation', tokens: 64 }),
        gpu.call('reference', before),
        gpu.call('evaluate', { ...own, part: 'train', tokens: 64 }),
      ]);
      expect({ text, measured, read }).toEqual(alone);
      during.rounds++;
      if (mine.step < steps) during.own++;
    }
  });
  expect(during.rounds).toBeGreaterThan(0);
  expect(during.own).toBeGreaterThan(0);
  expect(busy).toEqual(quiet);
}
