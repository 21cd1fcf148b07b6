/** The offline page of a classifier: read back by its own engine, it says of texts what the app says. */
import { beforeAll, describe, expect, test } from 'vitest';
import { network } from '../models/network';
import { POOLINGS } from '../models/spec';
import { classifier } from '../sample/classify';
import { answer, textIn, writtenPage } from '../testing/offlinePage';
import { untrainedClassifier } from '../testing/untrainedModels';
import { useSingleThreadWasm } from '../testing/wasm';
import { compare, matches } from '../verify/compare';
import { BOUND_OF_F32 } from '../verify/check';
import { reference } from '../verify/reference';
import { unwatched } from '../base/job';
import { pageEngine } from '../../workers/pageEngine';
import { hubWeights } from './weights';
import type { PageModel } from './html';
import type { Exported } from './format';

const settings = { temperature: 1, topK: 0, topP: 1, seed: 1, length: 1 };
const TEXTS = ['Call me Ishmael.', 'It is not down in any map; true places never are, and so on, and on.'];

beforeAll(useSingleThreadWasm);

describe.each(['bert', 'gpt', 'llama'] as const)('%s', (id) => {
  test.each(POOLINGS)(
    'gives texts the probabilities that the app gives, of its %s, cut and in windows',
    async (pooling) => {
      for (const inWindows of [true, undefined]) {
        const exported = await untrainedClassifier(id, { pooling, ...(inWindows && { inWindows }) });
        const page = await writtenPage({
          ...exported,
          info: { ...exported.info, decision: { temperature: 1, atLeast: 0.5 } },
        });
        expect((JSON.parse(textIn(page, 'model')) as PageModel).atLeast).toBe(0.5);
        const net = await network(exported.info.model, exported.snapshot.tensors);
        const own = classifier(net, exported.tokenizer);
        const found = await own.classify(TEXTS);
        own.dispose();
        net.dispose();
        for (const [i, text] of TEXTS.entries()) {
          const heard = await answer(page, text, settings);
          const told = heard.flatMap((message) => (message.kind === 'classified' ? [message.classified] : []))[0]!;
          const { tokens, read, windows, probabilities } = found[i]!;
          expect(told).toMatchObject({ tokens, read, windows });
          for (const [label, share] of told.probabilities.entries())
            expect(share).toBeCloseTo(probabilities[label]!, 4);
        }
      }
    },
  );

  test.each([undefined, true] as const)(
    'is checked by a second engine, which finds a changed weight: several %s',
    async (several) => {
      const exported = await untrainedClassifier(id, several && { several });
      const ids = [...exported.tokenizer.encode(TEXTS[1]!)];
      const check = async (change: (weights: Map<string, Float32Array>) => void): Promise<boolean> => {
        const net = await network(exported.info.model, exported.snapshot.tensors);
        const ours = await reference(net, null, ids, () => Promise.resolve());
        net.dispose();
        const weights = new Map(
          [...hubWeights(exported)].map(([name, { pieces }]) => [
            name,
            Float32Array.from([...pieces()].flatMap((piece) => [...piece])),
          ]),
        );
        change(weights);
        const engine = await pageEngine({ model: exported.info.model, weights });
        const figures = await compare(ours, engine, BOUND_OF_F32, unwatched);
        expect(figures.places).toBe(20);
        return matches(figures);
      };
      expect(await check(() => undefined)).toBe(true);
      const head = id === 'bert' ? 'classifier.weight' : 'score.weight';
      expect(await check((weights) => (weights.get(head)![3]! += 0.5))).toBe(false);
    },
  );
});

test('nothing is no text', async () => {
  const exported: Exported = await untrainedClassifier('bert');
  const heard = await answer(await writtenPage(exported), '', settings);
  expect(heard.at(-1)).toMatchObject({ kind: 'failed', failure: { message: 'There is no text.' } });
});
