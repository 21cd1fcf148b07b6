/** Texts with labels that a classifier is measured on. */
import { textOf } from '../objectives/pairRows';
import type { PartSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { LabeledText } from '../objectives/baselines/labelBaselines';

export interface HeldText extends LabeledText {
  /** Without what stands around it. */
  ids: Uint32Array;
  /** Which document of the data it is, or which row of a table. */
  place: number;
  /** Name of the text, or the table, that it is of. */
  source: string;
}

/** As it is given. */
export const heldText = (
  tokenizer: Tokenizer,
  { text, label }: LabeledText,
  place: number,
  source: string,
): HeldText => ({
  text,
  label,
  ids: tokenizer.encode(text),
  place,
  source,
});

/**
 * Those of a part of the data that have a label and a token.
 * @param sourceOf the name of the text that has the document in this place among all of the data
 */
export async function heldTextsIn(
  part: PartSource,
  tokenizer: Tokenizer,
  sourceOf: (place: number) => string = () => '',
): Promise<readonly HeldText[]> {
  const all: HeldText[] = [];
  for (const { start, tokens, place, label } of (await part.documents()) ?? []) {
    if (label === null || tokens === 0) continue;
    const ids = await part.read(start, tokens);
    all.push({ ids, place, label, text: textOf(tokenizer, ids), source: sourceOf(place) });
  }
  return all;
}
