/** The test of a decoder: what it says, token by token, against a model that reads everything each time. */
import { expect } from 'vitest';
import { initialValues, type Network, network } from '../models/network';
import { decoder } from '../sample/decoder';
import { logits } from '../sample/logits';
import { contextWindow } from '../sample/contextWindow';
import { expectClose } from './checkOp';

export const CONTEXT = 16;
const choice = { id: 'gpt', config: { layers: 2, heads: 3, width: 24, context: CONTEXT }, vocabulary: 33 } as const;

/** A model whose choices differ: as drawn, but with large weights. */
export function decisiveModel(): Promise<Network> {
  const large = [...initialValues(choice, 1)].map(
    ([name, { shape, data }]) => [name, { shape, data: data.map((x) => 12 * x) }] as const,
  );
  return network(choice, new Map(large));
}

/** Greedily writes `steps` tokens after a prompt, beyond the context; `each` is called after each. */
export async function expectSameAsUncached(
  net: Network,
  steps: number,
  each: (step: number) => void = () => undefined,
) {
  const V = net.choice.vocabulary;
  const decoding = decoder(net);
  const ids = [3, 1, 4];
  for (let step = 0; step < steps; step++) {
    const got = await decoding.next(ids);
    each(step);
    const want = (await logits(net, contextWindow(ids, net.choice.config.context))).slice(-V);
    expectClose(got, want, 1e-5, `scores after ${ids.length} tokens`);
    const best = got.indexOf(Math.max(...got));
    expect(best).toBe(want.indexOf(Math.max(...want)));
    ids.push(best);
  }
  decoding.dispose();
}
