/** Splits documents into training, validation and test parts. The split is known before tokenization. */
import { characterStart } from '../base/characterStart';
import type { Document } from '../base/document';
import { badSettings } from '../base/errors';
import { z } from '../base/zod';

export const PART_NAMES = ['train', 'validation', 'test'] as const;
export type PartName = (typeof PART_NAMES)[number];

/** The rule that splits documents into parts, and its shares. */
export type Split = z.infer<typeof splitSchema>;
const share = z.number().min(0).max(1);
export const splitSchema = z.strictObject({
  /**
   * `documents`: whole documents of each text with enough of them, and the end of each document otherwise. `ends`: the
   * end of each document. `end`: the end of all, as in older builds. `labels`: equal shares of each label, with
   * near-duplicates in one part.
   */
  rule: z.enum(['documents', 'ends', 'end', 'labels']),
  /** Held-out shares of the bytes; with a test share of 0, there is no test set. */
  validation: share,
  test: share,
  /** Seed that selects the held-out documents. */
  seed: z.int().nonnegative(),
});
/** Whether the seed selects the held-out documents. */
export const isChosen = ({ rule }: Pick<Split, 'rule'>): boolean => rule === 'documents' || rule === 'labels';
/** The user's choice; the rule follows from the documents. */
export type SplitChoice = Omit<Split, 'rule'>;

/** Bytes `from` to `to` of a document's UTF-8, each moved down to the start of a character. */
export interface Segment<D = Document> {
  document: D;
  /** Index among all documents. */
  place: number;
  from: number;
  to: number;
}
export type Parted = Pick<Document, 'bytes' | 'sha256' | 'text' | 'spans' | 'encoded'>;

/** @throws HomegrownError `bad-settings` for shares out of range */
export function checkSplit({ validation, test }: SplitChoice): void {
  if (!(validation > 0 && validation <= MAX_HELD_OUT_SHARE))
    throw badSettings(
      `The validation share is ${validation}; it must be above 0 and at most ${MAX_HELD_OUT_SHARE}.`,
      'Try 0.1.',
    );
  if (!(test >= 0 && validation + test <= MAX_HELD_OUT_SHARE))
    throw badSettings(
      `The test share is ${test} and the validation share ${validation}; together they can be at most ${MAX_HELD_OUT_SHARE}.`,
      'Try 0.1 for each.',
    );
}
/** Maximum share of validation and test parts together. */
export const MAX_HELD_OUT_SHARE = 0.5;

/** Yields the text of a segment in chunks. Calls `read` with the number of bytes of each. */
export async function* chunksOf(
  { document, from, to }: Pick<Segment, 'document' | 'from' | 'to'>,
  read: (bytes: number) => void,
): AsyncGenerator<string> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let start = 0;
  for await (const chunk of document.chunks()) {
    if (start >= to) return;
    const bytes = encoder.encode(chunk);
    const [first, last] = [characterStart(bytes, from - start), characterStart(bytes, to - start)];
    start += bytes.length;
    if (first >= last) continue;
    read(last - first);
    yield last - first === bytes.length ? chunk : decoder.decode(bytes.subarray(first, last));
  }
}
