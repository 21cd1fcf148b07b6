/** A small T5 with all options: heads wider in total than the model, and distances that fill the buckets. */
import { type ModelChoice, network, type Network } from '../core/models/network';
import type { T5Config } from '../core/models/t5/spec';
import { decisive } from './decoding';

export const T5_CONFIG: T5Config = {
  ...{ layers: 2, heads: 3, width: 12, hidden: 10, context: 16, headWidth: 5 },
  ...{ gated: true, buckets: 8, maxDistance: 10, scaled: true, normEpsilon: 1e-6 },
};
export const t5Choice = (change: Partial<T5Config> = {}): ModelChoice => ({
  id: 't5',
  config: { ...T5_CONFIG, ...change },
  vocabulary: 33,
});
/** Embeddings start at a size of about 1, so a small factor makes choices differ. */
export function smallT5(change?: Partial<T5Config>): Promise<Network> {
  const choice = t5Choice(change);
  return network(choice, decisive(choice, 1, 1.3));
}
