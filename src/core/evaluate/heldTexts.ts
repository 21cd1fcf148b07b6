/** Held-out labeled texts for a classifier. */
import { textOf } from '../objectives/pairRows';
import type { PartSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { LabeledText } from '../objectives/baselines/labelBaselines';

export interface HeldText extends LabeledText {
  /** Tokens of the text, without special tokens around them. */
  ids: Uint32Array;
  /** Index of the document in the data, or of the row in a table. */
  place: number;
  /** Name of the text or table that contains it. */
  source: string;
}

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
 * Texts of a part of the data that have a label and at least one token.
 * @param sourceOf name of the text that contains the document at this index in the data
 */
export async function heldTextsIn(
  part: PartSource,
  tokenizer: Tokenizer,
  sourceOf: (place: number) => string = () => '',
): Promise<readonly HeldText[]> {
  const texts: HeldText[] = [];
  for (const { start, tokens, place, label } of (await part.documents()) ?? []) {
    if (label === null || tokens === 0) continue;
    const ids = await part.read(start, tokens);
    texts.push({ ids, place, label, text: textOf(tokenizer, ids), source: sourceOf(place) });
  }
  return texts;
}
