/** A person's own words in a model card, which replace Homegrown's default text: plain text, in paragraphs. */
import { z } from '../base/zod';

/** Parts in the order of the card. */
export const CARD_PARTS = ['about', 'use', 'misuse', 'limits'] as const;
export type CardPart = (typeof CARD_PARTS)[number];

/** Maximum length of a part, in characters. */
export const MAX_CARD_PART_LENGTH = 10_000;
const part = z.string().max(MAX_CARD_PART_LENGTH).exactOptional();
export const cardSchema = z.strictObject({ about: part, use: part, misuse: part, limits: part });
/** Texts by part; an absent part has the default text. */
export type CardWords = z.infer<typeof cardSchema>;
