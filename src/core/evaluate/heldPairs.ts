/** Held-out pairs of an input and a target. */
import { type Pair, pairsIn } from '../objectives/pairRows';
import type { TokenSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface HeldPair extends Pair {
  /** Name of the table that contains the pair. */
  source: string;
}

/** Tokenizes a pair as in training. */
export const heldPair = (tokenizer: Tokenizer, input: string, target: string, source: string): HeldPair => ({
  input: tokenizer.encode(input),
  between: tokenizer.encode('\n'),
  target: tokenizer.encode(target),
  source,
});

/**
 * Pairs of a part of the data.
 * @param sourceOf name of the text that contains the document at this index in the data
 * @throws HomegrownError `bad-settings` if the part has no pairs
 */
export async function heldPairsIn(
  part: TokenSource,
  sourceOf: (place: number) => string = () => '',
): Promise<readonly HeldPair[]> {
  const { count, places, read } = await pairsIn(part);
  const pairs: HeldPair[] = [];
  for (let i = 0; i < count; i++) pairs.push({ ...(await read(i)), source: sourceOf(places[i]!) });
  return pairs;
}
