/** Pairs of an input and a target that a model is measured on. */
import { type Pair, pairsIn } from '../objectives/pairRows';
import type { TokenSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface HeldPair extends Pair {
  /** Name of the table that it is of. */
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
 * Those of a part of the data.
 * @param sourceOf the name of the text that has the document in this place among all of the data
 * @throws HomegrownError `bad-settings` where it has none
 */
export async function heldPairsIn(
  part: TokenSource,
  sourceOf: (place: number) => string = () => '',
): Promise<readonly HeldPair[]> {
  const { count, places, read } = await pairsIn(part);
  const all: HeldPair[] = [];
  for (let i = 0; i < count; i++) all.push({ ...(await read(i)), source: sourceOf(places[i]!) });
  return all;
}
