/**
 * Independent units for confidence intervals: documents if there are many, else pieces of a kilobyte, or halves of a
 * shorter text. Pieces are measured in bytes, not tokens, so that models with different tokenizers can be compared
 * piece by piece.
 */
import { badSettings } from '../base/errors';
import type { PartSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** A tokenized text. */
export interface Tokenised {
  ids: Uint32Array;
  /** UTF-8 bytes of the text. */
  bytes: number;
}

/** A held-out document. */
export interface Held extends Tokenised {
  /** Absent: the decoded tokens. */
  text?: string;
  /** Display name of the text that the document belongs to. */
  source: string;
}

/** @throws HomegrownError `bad-settings` if there is no text */
export function checkHasText(documents: readonly Tokenised[]): void {
  if (documents.some(({ ids }) => ids.length > 0)) return;
  throw badSettings('There is no text to evaluate on.', 'Add text; ten kilobytes give useful intervals.');
}

/** Tokens of one unit, and the bytes of its text. */
export interface Block {
  document: number;
  /** Range of the document's tokens: `to` is exclusive. */
  from: number;
  to: number;
  bytes: number;
}

/** With fewer documents, a few long ones would dominate. */
const MIN_DOCUMENT_BLOCKS = 30;
/** Maximum bytes of a piece. */
const PIECE_BYTES = 1024;

/**
 * Tokenizes a text. If the tokenizer normalizes, counts the bytes of the normalized text, because a model can't predict
 * dropped ones.
 */
export function tokenised(tokenizer: Tokenizer, text: string): Tokenised {
  const ids = tokenizer.encode(text);
  return { ids, bytes: tokenizer.model.normalizers ? byteLength(tokenizer, ids) : utf8Length(text) };
}
export const utf8Length = (text: string): number => new TextEncoder().encode(text).length;
const byteLength = (tokenizer: Pick<Tokenizer, 'bytes'>, ids: Uint32Array): number =>
  ids.reduce((sum, id) => sum + tokenizer.bytes(id).length, 0);

export const held = (tokenizer: Tokenizer, text: string, source: string): Held => ({
  ...tokenised(tokenizer, text),
  text,
  source,
});

/**
 * Documents of a part of the data; if an older build stored no borders, the whole part is one.
 * @param sourceOf name of the text that contains the document at this index in the data
 */
export async function documentsIn(
  part: PartSource,
  tokenizer: Pick<Tokenizer, 'bytes'>,
  sourceOf: (place: number) => string = () => '',
): Promise<readonly Held[]> {
  const boundaries = (await part.documents()) ?? [{ start: 0, tokens: part.tokens, place: 0 }];
  const documents: Held[] = [];
  for (const { start, tokens, place } of boundaries) {
    if (tokens === 0) continue;
    const ids = await part.read(start, tokens);
    documents.push({ ids, bytes: byteLength(tokenizer, ids), source: sourceOf(place) });
  }
  return documents;
}

/** Maximum number of tokens for a trigram model, which then takes a few hundred MB and some seconds. */
export const MAX_COUNTED_TOKENS = 2 ** 24;

/** Documents of a part for counting; undefined if the part is too long to count. */
export const countedIn = async (
  part: PartSource,
  tokenizer: Pick<Tokenizer, 'bytes'>,
): Promise<readonly Held[] | undefined> =>
  part.tokens > MAX_COUNTED_TOKENS ? undefined : documentsIn(part, tokenizer);

/**
 * Blocks of each document in order; a token belongs to the piece in which it begins. Equal texts have equal numbers of
 * blocks.
 */
export function blocksOf(documents: readonly Tokenised[], tokenizer: Pick<Tokenizer, 'bytes'>): readonly Block[] {
  if (documents.length >= MIN_DOCUMENT_BLOCKS) {
    return documents.map(({ ids, bytes }, document) => ({ document, from: 0, to: ids.length, bytes }));
  }
  const totalBytes = documents.reduce((sum, { bytes }) => sum + bytes, 0);
  const size = Math.max(1, Math.min(PIECE_BYTES, Math.ceil(totalBytes / 2)));
  return documents.flatMap(({ ids, bytes }, document) => {
    const pieces = Math.max(1, Math.ceil(bytes / size));
    let tokenBytes = 0;
    for (const id of ids) tokenBytes += tokenizer.bytes(id).length;
    // After normalization, the tokens can have more or fewer bytes than the text.
    const scale = tokenBytes > 0 ? bytes / tokenBytes : 1;
    const blocks: Block[] = [];
    let [readBytes, token] = [0, 0];
    for (let piece = 0; piece < pieces; piece++) {
      const [from, end] = [token, (piece + 1) * size];
      while (token < ids.length && (readBytes * scale < end || piece === pieces - 1))
        readBytes += tokenizer.bytes(ids[token++]!).length;
      blocks.push({ document, from, to: token, bytes: Math.min(end, bytes) - piece * size });
    }
    return blocks;
  });
}
