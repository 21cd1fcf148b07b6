/** Ids of a passage. */
export interface Part {
  trained: Uint32Array;
  held: Uint32Array;
}

/**
 * Share of held-out tokens that equal the token that last followed the same four tokens in the training set. A measure of verbatim
 * repetition: one or two hundredths for a novel, a third for declarations in source code, nearly half for mail with headers.
 * @param size vocabulary size, at most 2 ** 13
 */
export function repeatedShare(parts: readonly Part[], size: number): number {
  const keyOf = (ids: Uint32Array, place: number): number => {
    let key = 0;
    for (let at = place - BEFORE; at < place; at++) key = key * size + ids[at]!;
    return key;
  };
  const next = new Map<number, number>();
  for (const { trained } of parts)
    for (let place = BEFORE; place < trained.length; place++) next.set(keyOf(trained, place), trained[place]!);
  let [found, tokens] = [0, 0];
  for (const { held } of parts)
    for (let place = BEFORE; place < held.length; place++) {
      if (next.get(keyOf(held, place)) === held[place]) found += 1;
      tokens += 1;
    }
  return tokens === 0 ? 0 : found / tokens;
}
const BEFORE = 4;
