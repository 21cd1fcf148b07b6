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
  /** Shares of the bytes that are held out; a test share of 0 is no test part. */
  validation: share,
  test: share,
  /** By which it is chosen which documents are held out. */
  seed: z.int().nonnegative(),
});
/** Whether the seed decides what is held out. */
export const isChosen = ({ rule }: Pick<Split, 'rule'>): boolean => rule === 'documents' || rule === 'labels';
/** A person's choice: the rule follows from the documents. */
export type SplitChoice = Omit<Split, 'rule'>;

/** Bytes `from` to `to` of a document's UTF-8, moved down to where characters begin. */
export interface Segment<D = Document> {
  document: D;
  /** Which of all the documents it is. */
  place: number;
  from: number;
  to: number;
}
export type Parted = Pick<Document, 'bytes' | 'sha256' | 'text' | 'spans' | 'encoded'>;

/** @throws HomegrownError `bad-settings` for shares that cannot be held out */
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

/** The text of a segment, in chunks. Calls `read` with the bytes of each. */
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
