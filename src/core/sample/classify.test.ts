/** Classifiers report overflowing outputs in every place of use. */
import { beforeAll, describe, expect, test } from 'vitest';
import { network } from '../models/network';
import { answer, writtenPage } from '../../testing/offlinePage';
import { untrainedClassifier } from '../../testing/untrainedModels';
import { useSingleThreadWasm } from '../../testing/wasm';
import { classifier } from './classify';

beforeAll(useSingleThreadWasm);

const TEXTS = ['Call me Ishmael.', 'It is not down in any map; true places never are.'];
const DIVERGED = { code: 'diverged', message: expect.stringContaining('overflow') as string };

describe.each(['bert', 'gpt', 'llama'] as const)('%s', (id) => {
  test.each([
    ['all weights', () => true],
    ['the matrices', (name: string) => name.endsWith('.weight') && !/norm|ln_/i.test(name)],
    ['the head', (name: string) => /^(classifier|score)/.test(name)],
  ])('3e38 in %s causes an overflow error instead of an answer', async (_, isHuge) => {
    const { snapshot, ...rest } = await untrainedClassifier(id);
    const tensors = new Map(
      [...snapshot.tensors].map(([name, { shape, data }]) => [
        name,
        { shape, data: isHuge(name) ? data.map((x) => (x < 0 ? -3e38 : 3e38)) : data },
      ]),
    );
    const net = await network(rest.info.model, tensors);
    const reader = classifier(net, rest.tokenizer);
    await expect(reader.classify(TEXTS)).rejects.toMatchObject(DIVERGED);
    await expect(reader.classify(TEXTS.slice(0, 1))).rejects.toMatchObject(DIVERGED);
    reader.dispose();
    net.dispose();
    const page = await writtenPage({ ...rest, snapshot: { ...snapshot, tensors } });
    const heard = await answer(page, TEXTS[0]!, { temperature: 1, topK: 0, topP: 1, seed: 1, length: 1 });
    expect(heard.at(-1)).toMatchObject({ kind: 'failed', failure: DIVERGED });
  });
});

test('one text may have equal scores for all labels if another does not', async () => {
  const { snapshot, info, tokenizer } = await untrainedClassifier('gpt');
  const net = await network(info.model, snapshot.tensors);
  const reader = classifier(net, tokenizer);
  // A text without tokens has no scores.
  const [none, one] = await reader.classify(['', TEXTS[0]!]);
  expect([...none!.probabilities].every((p) => p === 0)).toBe(true);
  expect(new Set(one!.scores).size).toBeGreaterThan(1);
  reader.dispose();
  net.dispose();
});
