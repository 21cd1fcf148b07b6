import { expect, test, vi } from 'vitest';
import { buildSamples } from '../../../scripts/samples';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { MAX_COUNTED_TOKENS, measureNGrams } from '../objectives/baselines/nGramFacts';
import { measureData } from '../objectives/baselines/measureData';
import { nGrams } from '../objectives/baselines/nGrams';
import { causal } from '../objectives/causal';
import { masked } from '../objectives/masked';
import { buildShards } from '../shards/build';
import { openPart } from '../shards/read';
import { documentOf } from '../../testing/texts';
import { createTokenizer } from '../tokenizer/byteLevel';
import { trainTokenizer } from '../tokenizer/train';
import { countedIn, documentsIn } from './blocks';
import { textBaselines } from './textBaselines';

vi.mock('../objectives/baselines/nGrams', { spy: true });

const noPause = (): Promise<void> => Promise.resolve();

test('baselines stored with the data equal those of an evaluation bit for bit', async () => {
  const moby = buildSamples()[0]!.text;
  const tokenizer = await createTokenizer(
    await trainTokenizer({ kind: 'bpe', vocabulary: 400 }, [documentOf(moby.slice(0, 40_000))], unwatched),
  );
  // Some documents are empty, and counted by neither.
  const pieces = Array.from({ length: 24 }, (_, i) =>
    documentOf(i % 7 === 3 ? '' : moby.slice(2000 * i, 2000 * (i + 1))),
  );
  const store = memoryStore();
  const split = { validation: 0.2, test: 0, seed: 1 };
  const manifest = await buildShards(pieces, tokenizer, split, store, unwatched);
  const { facts } = await measureData(store, manifest, tokenizer, undefined, noPause);
  const part = (name: 'train' | 'validation') => openPart(store, manifest, name);
  const documents = await documentsIn(part('validation'), tokenizer);
  const train = await countedIn(part('train'), tokenizer);
  expect(nGrams).toHaveBeenCalledTimes(1);
  const stored = await textBaselines(documents, tokenizer, { train, facts }, noPause);
  // Taken from the facts, without counting again.
  expect(nGrams).toHaveBeenCalledTimes(1);
  const { baselines, leftOut } = await textBaselines(documents, tokenizer, { train }, noPause);
  expect(nGrams).toHaveBeenCalledTimes(2);
  expect(stored.leftOut).toEqual(leftOut);
  expect(Object.keys(stored.baselines)).toEqual(Object.keys(baselines));
  for (const [name, figures] of Object.entries(baselines)) {
    expect(Object.keys(stored.baselines[name]!)).toEqual(Object.keys(figures));
    for (const [id, value] of Object.entries(figures)) expect(stored.baselines[name]![id]).toBeCloseTo(value, 10);
  }
  // Facts of an older build lack the shares, so the text is counted.
  const { nGramTop: __, ...without } = facts;
  await textBaselines(documents, tokenizer, { train, facts: without }, noPause);
  expect(nGrams).toHaveBeenCalledTimes(3);
  expect(facts.nGrams).toEqual({
    unigram: baselines['unigram']!['loss'],
    bigram: baselines['bigram']!['loss'],
    trigram: baselines['trigram']!['loss'],
  });
  const { unigram, bigram, trigram } = facts.nGrams!;
  expect(unigram).toBeGreaterThan(bigram);
  expect(bigram).toBeGreaterThan(trigram);

  const known = { vocabulary: tokenizer.size, data: facts };
  expect(causal.baselines(known).map(({ label, loss }) => [label, loss])).toEqual([
    ['uniform', Math.log(tokenizer.size)],
    ['unigram', unigram],
    ['bigram', bigram],
    ['trigram', trigram],
  ]);
  // Other objectives have no next-token baselines, and records of older builds no counts.
  expect(masked.baselines(known).map(({ label }) => label)).toEqual(['uniform', 'unigram']);
  const { nGrams: _, ...old } = facts;
  expect(causal.baselines({ ...known, data: old }).map(({ label }) => label)).toEqual(['uniform', 'unigram']);
});

test('does not read a training part that is too long to count', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const part = {
    ...{ tokens: MAX_COUNTED_TOKENS + 1, bytes: 1, vocabulary: 257 },
    read: () => Promise.reject(new Error('read')),
    documents: () => Promise.resolve(null),
  };
  expect(await measureNGrams(part, part, tokenizer, noPause)).toEqual({});
});
