/** Tests a decoder, token by token, against a model without a cache. */
import { expect } from 'vitest';
import { type BaseConfig, sizesOf } from '../core/models/spec';
import { initialValues, type ModelChoice, type Network, network, type Values } from '../core/models/network';
import { decoder } from '../core/sample/decoder';
import { logits } from '../core/sample/logits';
import { contextWindow } from '../core/sample/contextWindow';
import { expectClose } from './checkOp';

export const CONTEXT = 16;
const SIZES = { layers: 2, heads: 3, width: 24, context: CONTEXT };
const CHOICE = { id: 'gpt', config: SIZES, vocabulary: 33 } as const;
const LLAMA_SIZES = {
  kvHeads: 1,
  hidden: 30,
  theta: 50,
  headWidth: 6,
  normEpsilon: 1e-5,
  qkNorm: 'none',
  norm: 'before',
  window: 0,
};
/** Small models of each decoder architecture, with all options. */
export const DECODERS: Readonly<Record<string, ModelChoice>> = {
  GPT: CHOICE,
  'GPT without biases': { ...CHOICE, config: { ...SIZES, hidden: 40, biases: false } as BaseConfig },
  Llama: { id: 'llama', config: { ...SIZES, ...LLAMA_SIZES }, vocabulary: 33 },
  'Llama with QK-norm and a window': {
    id: 'llama',
    config: { ...SIZES, ...LLAMA_SIZES, ...{ qkNorm: 'heads', window: 5 } },
    vocabulary: 33,
  },
  'OLMo 2': {
    id: 'llama',
    config: { ...SIZES, ...LLAMA_SIZES, ...{ qkNorm: 'rows', norm: 'after' } },
    vocabulary: 33,
  },
};

/** A small encoder. */
export const ENCODER: ModelChoice = {
  id: 'bert',
  config: { ...SIZES, hidden: 40, tanh: false, tokenTypes: 2, normEpsilon: 1e-12 } as BaseConfig,
  vocabulary: 33,
};

/** A model with large random weights, so that choices differ. */
export function decisiveModel(choice: ModelChoice = CHOICE): Promise<Network> {
  const scaled = [...initialValues(choice, 1)].map(
    ([name, { shape, data }]) => [name, { shape, data: data.map((x) => 12 * x) }] as const,
  );
  return network(choice, new Map(scaled));
}

/** Large random weights without zeros, so that every weight matters. */
export const decisive = (choice: ModelChoice, seed: number, factor = 12): Values =>
  new Map(
    [...initialValues(choice, seed)].map(([name, { shape, data }], tensorIndex) => [
      name,
      { shape, data: data.map((x, i) => (x === 0 || x === 1 ? x + 0.3 * Math.sin(i + tensorIndex) : factor * x)) },
    ]),
  );

/** Tolerance. Gains are large too: those after a branch amplify its rounding errors. */
const roundingOf = ({ choice: { config } }: Network): number => (sizesOf(config)['norm'] === 'after' ? 2e-4 : 3e-5);

/** Greedily writes `steps` tokens after a prompt, beyond the context; calls `onToken` after every token. */
export async function expectSameAsUncached(
  net: Network,
  steps: number,
  onToken: (step: number) => void = () => undefined,
) {
  const V = net.choice.vocabulary;
  const decoding = decoder(net);
  const ids = [3, 1, 4];
  for (let step = 0; step < steps; step++) {
    const actual = await decoding.next(ids);
    onToken(step);
    const expected = (await logits(net, contextWindow(ids, net.choice.config.context))).slice(-V);
    expectClose(actual, expected, roundingOf(net), `scores after ${ids.length} tokens`);
    const best = actual.indexOf(Math.max(...actual));
    expect(best).toBe(expected.indexOf(Math.max(...expected)));
    ids.push(best);
  }
  decoding.dispose();
}
