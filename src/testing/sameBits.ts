/** Tests that a run of an architecture gives the same bits twice, and after a stop and resume. */
import { expect } from 'vitest';
import { unwatched } from '../core/base/job';
import type { ModelChoice } from '../core/models/network';
import { rolesOf, usualObjective } from '../core/objectives';
import type { Border } from '../core/shards/manifest';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { inOrder } from '../core/tokenizer/special';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import type { Snapshot } from '../core/train/run';
import { train } from '../core/train/train';
import { tokenSource } from './tokenSource';

/** Losses of six steps (or of those after `from`), and snapshots after every second step. */
export async function sixSteps(
  { id, config }: ModelChoice,
  change: Partial<Recipe> = {},
  from?: Snapshot,
): Promise<{ losses: number[]; saved: Snapshot[] }> {
  const objective = usualObjective(id);
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles: inOrder(rolesOf(objective)) });
  const ids = tokenizer.encode('The whale is the king of the sea, and the sea is the field of the whale. '.repeat(9));
  const part = (some: Uint32Array) =>
    Object.assign(tokenSource(some, tokenizer.size), { documents: () => Promise.resolve(inDocuments(some.length)) });
  const losses: number[] = [];
  const saved: Snapshot[] = [];
  await train(
    {
      model: { id, config, vocabulary: tokenizer.size },
      recipe: {
        ...DEFAULT_RECIPE,
        objective,
        ...{ steps: 6, batch: 3, warmup: 0, learningRate: 0.01, evalEvery: 6, evalTokens: 48, saveEvery: 2 },
        ...change,
      },
      tokenizer,
      train: part(ids.subarray(0, 500)),
      validation: part(ids.subarray(500)),
      ...(from && { from }),
      save(snapshot) {
        saved.push(structuredClone(snapshot));
        return Promise.resolve({ bytes: 1 });
      },
      now: () => 0,
    },
    {
      ...unwatched,
      report(event) {
        if (event.kind === 'step') losses.push(event.loss);
      },
    },
  );
  return { losses, saved };
}

/** Documents of 5 to 34 tokens. */
function inDocuments(tokens: number): Border[] {
  const borders: Border[] = [];
  for (let start = 0, length = 5; start + length < tokens; start += length + 1, length = 5 + ((length * 7) % 30))
    borders.push({ start, tokens: length, place: borders.length, label: null, fields: {} });
  return borders;
}

/** Tests dropout, also of attention, recomputed blocks, and whole documents where rows can have them. */
export async function expectSameBits(choice: ModelChoice): Promise<void> {
  const changes: readonly Partial<Recipe>[] = [
    {},
    { dropout: 0.2, recompute: true },
    { attentionDropout: 0.3, recompute: true, packing: 'documents' },
  ];
  for (const change of changes) {
    const uninterrupted = await sixSteps(choice, change);
    expect(uninterrupted.losses).toHaveLength(6);
    expect(uninterrupted.losses.at(-1)).toBeLessThan(uninterrupted.losses[0]!);
    expect(await sixSteps(choice, change)).toEqual(uninterrupted);
    const resumed = await sixSteps(
      choice,
      change,
      uninterrupted.saved.find(({ state }) => state.step === 2),
    );
    expect(resumed.losses).toEqual(uninterrupted.losses.slice(2));
    expect(resumed.saved.at(-1)!.tensors).toEqual(uninterrupted.saved.at(-1)!.tensors);
  }
}
