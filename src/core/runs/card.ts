/** What a person says in the card of a model, in place of what Homegrown says of any: plain words, in paragraphs. */
import { z } from '../base/zod';

/** In the order in which they stand there. */
export const CARD_PARTS = ['about', 'use', 'misuse', 'limits'] as const;
export type CardPart = (typeof CARD_PARTS)[number];

/** Characters of a part. */
export const MAX_CARD_PART_LENGTH = 10_000;
const part = z.string().max(MAX_CARD_PART_LENGTH).exactOptional();
export const cardSchema = z.strictObject({ about: part, use: part, misuse: part, limits: part });
/** A part that is absent says what Homegrown says. */
export type CardWords = z.infer<typeof cardSchema>;
