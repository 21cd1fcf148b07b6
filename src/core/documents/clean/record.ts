/** Stored records of a cleaned text: its entry, documents and chunks as for any text, and the removed documents. */
import type { Kind } from '../../base/record';
import { storedMoment } from '../../base/moment';
import { z } from '../../base/zod';
import { inlineText, textChunksPrefix } from '../record';

const count = z.int().nonnegative();
/** Id of a rule; a newer version may have others. */
const ruleId = z.string();

const cleanedRecord = z.object({
  version: z.literal(1),
  id: z.string(),
  /** Id of the original text; all its documents are cleaned. */
  of: z.string(),
  /**
   * The recipe as a file, and its hash from `recipeHash`. A newer version may have rules that this one does not know.
   */
  recipe: z.looseObject({ version: z.int(), name: z.string() }),
  hash: z.string(),
  /** The cleaned text, read as any text though no list has it; null if every document was removed. */
  text: inlineText.nullable(),
  /** Number of documents in the original text. */
  documents: count,
  /** Number of removed documents. */
  left: count,
  /** By active step, in order. */
  tallies: z.array(z.object({ rule: ruleId, out: count, changed: count, places: count, characters: z.int() })),
  madeAt: storedMoment,
});
export type CleanedRecord = z.infer<typeof cleanedRecord>;

export const CLEANED_TEXTS = 'cleaned/';
export const cleanedKey = (id: string): string => `${CLEANED_TEXTS}${id}`;
export const CLEANED: Kind<CleanedRecord> = {
  what: (key) => `The record of cleaned text ${key.slice(CLEANED_TEXTS.length)}`,
  version: 1,
  schema: cleanedRecord,
  upgrades: [],
  keyOf: ({ id }) => cleanedKey(id),
};

/** Documents per block of the list of removed documents. */
export const LEFT_BLOCK = 4096;
const leftBlock = z.object({
  version: z.literal(1),
  /** In text order. */
  documents: z.array(
    z.object({
      place: count,
      /** Name of its file. */
      name: z.string(),
      title: z.string(),
      sha256: z.string(),
      /** Null if no text remained. */
      rule: ruleId.nullable(),
      /** A sentence without a full stop. */
      reason: z.string(),
      scores: z.record(z.string(), z.number()),
    }),
  ),
});
/** Removed document. */
export type LeftOut = z.infer<typeof leftBlock>['documents'][number];

export const leftKey = (id: string, block: number | '' = ''): string => `${textChunksPrefix(id)}left/${block}`;
export const LEFT: Kind<z.infer<typeof leftBlock>> = {
  what: (key) =>
    `Part ${Number(key.split('/')[3]) + 1} of the list of documents removed from text ${key.split('/')[1]}`,
  version: 1,
  schema: leftBlock,
  upgrades: [],
};
