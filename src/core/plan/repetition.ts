/** Token ids of a passage of text, whose end is held out. */
export interface PassageIds {
  training: Uint32Array;
  heldOut: Uint32Array;
}

/**
 * Share of held-out tokens that equal the token that last followed the same four tokens in the training set. A measure of verbatim
 * repetition: one or two hundredths for a novel, a third for declarations in source code, nearly half for mail with headers.
 * @param size vocabulary size, at most 2 ** 13
 */
export function repeatedShare(passages: readonly PassageIds[], size: number): number {
  const keyOf = (ids: Uint32Array, position: number): number => {
    let key = 0;
    for (let index = position - CONTEXT; index < position; index++) key = key * size + ids[index]!;
    return key;
  };
  const next = new Map<number, number>();
  for (const { training } of passages)
    for (let position = CONTEXT; position < training.length; position++)
      next.set(keyOf(training, position), training[position]!);
  let [repeated, tokens] = [0, 0];
  for (const { heldOut } of passages)
    for (let position = CONTEXT; position < heldOut.length; position++) {
      if (next.get(keyOf(heldOut, position)) === heldOut[position]) repeated += 1;
      tokens += 1;
    }
  return tokens === 0 ? 0 : repeated / tokens;
}
/** Number of tokens that predict the next one. */
const CONTEXT = 4;
