/** Which of the documents are learnt from, and which are held out to be judged on. It is known before there are ids. */
import type { Document } from '../base/document';
import { badSettings } from '../base/errors';
import { bits } from '../base/rng';
import { z } from '../base/zod';

export const PART_NAMES = ['train', 'validation', 'test'] as const;
export type PartName = (typeof PART_NAMES)[number];

/** How documents are cut into parts. */
export type Split = z.infer<typeof splitSchema>;
const share = z.number().min(0).max(1);
export const splitSchema = z.strictObject({
  /**
   * Whole documents of each text that has enough of them, and the end of each document of the others; the end of each
   * document; or the end of them all, as older builds cut several.
   */
  rule: z.enum(['documents', 'ends', 'end']),
  /** Shares of the bytes that are held out; a test share of 0 is no test part. */
  validation: share,
  test: share,
  /** By which it is chosen which documents are held out. */
  seed: z.int().nonnegative(),
});
/** What a person asks for: the rule follows from the documents. */
export type SplitChoice = Omit<Split, 'rule'>;

/** Bytes `from` to `to` of a document's UTF-8, moved down to where characters begin. */
export interface Segment<D = Document> {
  document: D;
  /** Which of all the documents it is. */
  place: number;
  from: number;
  to: number;
}
export type Parted = Pick<Document, 'bytes' | 'sha256' | 'text' | 'spans'>;

/** @throws HomegrownError `bad-settings` for shares that cannot be held out */
export function checkSplit({ validation, test }: SplitChoice): void {
  if (!(validation > 0 && validation <= MOST_HELD))
    throw badSettings(`A held-out share of ${validation} is not above 0 and at most ${MOST_HELD}.`, 'Try 0.1.');
  if (!(test >= 0 && validation + test <= MOST_HELD))
    throw badSettings(
      `A test share of ${test} beside a held-out share of ${validation} is not from 0 to what leaves half to learn from.`,
      'Try 0.1 for each.',
    );
}
/** All that is held out together. */
export const MOST_HELD = 0.5;

/**
 * Documents in parts, in their order. A text of which whole documents make about the shares that are asked for gives
 * those, chosen by the seed and what is in them, whatever their order; equal documents are in one part. Of any other text
 * each document gives its own end: neither part has seen the other, and both are of the same kinds of text. A document
 * with fields is never cut: the text gives the whole ones that come nearest to the shares.
 */
export function splitDocuments<D extends Parted>(
  documents: readonly D[],
  choice: SplitChoice,
): { rule: 'documents' | 'ends'; parts: Readonly<Record<PartName, readonly Segment<D>[]>> } {
  const whole = wholeDocuments(documents, choice);
  const parts: Record<PartName, Segment<D>[]> = { train: [], validation: [], test: [] };
  const ends = endsOf(choice);
  for (const [place, document] of documents.entries()) {
    const { bytes, sha256 } = document;
    const part = whole.get(sha256) ?? (document.spans && 'train');
    if (part) {
      if (bytes > 0) parts[part].push({ document, place, from: 0, to: bytes });
      continue;
    }
    const borders = ends(bytes);
    for (const name of PART_NAMES) {
      const [from, to] = borders[name];
      if (from < to) parts[name].push({ document, place, from, to });
    }
  }
  return { rule: whole.size > 0 ? 'documents' : 'ends', parts };
}

/**
 * Where a document's parts are: train, validation, test. Fractions of a byte are carried on to the next document: together
 * they hold out the floor of each share of all bytes, and short ones give now and then what they owe.
 */
function endsOf({ validation, test }: SplitChoice) {
  let end = 0;
  return (bytes: number): Record<PartName, readonly [from: number, to: number]> => {
    const start = end;
    end += bytes;
    const owed = (of: number): number => Math.floor(end * of) - Math.floor(start * of);
    const tested = bytes - Math.min(bytes, owed(test));
    const held = Math.max(0, tested - owed(validation));
    return { train: [0, held], validation: [held, tested], test: [tested, bytes] };
  };
}

/** The parts of documents that are in one as a whole, by their hashes: all of the texts that have enough, and their equals. */
function wholeDocuments(documents: readonly Parted[], choice: SplitChoice): ReadonlyMap<string, PartName> {
  const texts = new Map<unknown, Parted[]>();
  for (const document of documents) {
    const text = document.text ?? document; // one that is of no text is alone
    const own = texts.get(text);
    if (own) own.push(document);
    else texts.set(text, [document]);
  }
  const order = (hash: string): number =>
    bits(choice.seed, 'split', parseInt(hash.slice(8, 16), 16), parseInt(hash.slice(0, 8), 16));
  const ranked = [...texts.values()]
    .filter((all) => all.length > 1)
    .map((all) => {
      const sizes = new Map<string, number>();
      for (const { sha256, bytes } of all) sizes.set(sha256, (sizes.get(sha256) ?? 0) + bytes);
      const units = [...sizes].map(([hash, bytes]) => ({ hash, bytes, at: order(hash) }));
      units.sort((a, b) => a.at - b.at || (a.hash < b.hash ? -1 : 1));
      return { units, isWhole: all.some(({ spans }) => spans) };
    })
    .sort(({ units: [a] }, { units: [b] }) => a!.at - b!.at || (a!.hash < b!.hash ? -1 : 1));
  const parts = new Map<string, PartName>();
  for (const { units, isWhole } of ranked)
    for (const [hash, part] of chosen(units, choice, parts, isWhole)) parts.set(hash, part);
  return parts;
}

/**
 * Parts of the documents of a text, of which some have one already; none where they cannot make the shares. `isWhole`:
 * they are as near as they can be, and where there are two, one is held out.
 */
function chosen(
  units: readonly { hash: string; bytes: number }[],
  { validation, test }: SplitChoice,
  known: ReadonlyMap<string, PartName>,
  isWhole: boolean,
): ReadonlyMap<string, PartName> {
  const all = units.reduce((sum, { bytes }) => sum + bytes, 0);
  const wanted = { test: all * test, validation: all * validation };
  const has: Record<PartName, number> = { train: 0, validation: 0, test: 0 };
  for (const { hash, bytes } of units) has[known.get(hash) ?? 'train'] += bytes;
  const parts = new Map<string, PartName>();
  for (const { hash, bytes } of units) {
    if (known.has(hash)) continue;
    // It is taken where that brings the part nearer to its share.
    const part = (['test', 'validation'] as const).find((name) => bytes < 2 * (wanted[name] - has[name])) ?? 'train';
    parts.set(hash, part);
    has.train -= bytes;
    has[part] += bytes;
  }
  if (isWhole && has.validation === 0 && units.length > 1) parts.set(units[0]!.hash, 'validation');
  const isNear = (name: 'test' | 'validation'): boolean => Math.abs(has[name] - wanted[name]) <= wanted[name] / 4;
  return isWhole || (has.train > 0 && isNear('test') && isNear('validation')) ? parts : new Map();
}

/** The text of a segment, in chunks. `read` is told the bytes of each. */
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

/** The first byte of the character at `at`, kept within the chunk. */
function characterStart(bytes: Uint8Array, at: number): number {
  let start = Math.min(Math.max(at, 0), bytes.length);
  while (start > 0 && start < bytes.length && (bytes[start]! & 0xc0) === 0x80) start--;
  return start;
}
