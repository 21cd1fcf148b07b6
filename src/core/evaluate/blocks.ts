/**
 * What intervals are made of: documents where there are many, else pieces of them of a kilobyte, or of half of a shorter text.
 * They are pieces of text and not of tokens, so that two models of different tokenizers can be compared piece by piece.
 */
import { badSettings } from '../base/errors';
import type { PartSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** A text as a tokenizer has it. */
export interface Tokenised {
  ids: Uint32Array;
  /** UTF-8 bytes of the text. */
  bytes: number;
}

/** A document that is measured on. */
export interface Held extends Tokenised {
  /** Absent: what its tokens decode to. */
  text?: string;
  /** Name of the text that it is of, as people know it. */
  source: string;
}

/** @throws HomegrownError `bad-settings` where there is nothing to measure */
export function checkHasText(documents: readonly Tokenised[]): void {
  if (documents.some(({ ids }) => ids.length > 0)) return;
  throw badSettings('There is no text to evaluate on.', 'Add text; ten kilobytes give useful intervals.');
}

/** Which tokens are of one unit, and how many bytes of text it is. */
export interface Block {
  document: number;
  /** Tokens of the document: from and up to. */
  from: number;
  to: number;
  bytes: number;
}

/** Where fewer documents are, a few long ones would decide alone. */
const ENOUGH_DOCUMENTS = 30;
/** Bytes, at most. */
const PIECE = 1024;

/**
 * Tokenizes a text. If the tokenizer normalizes, counts the bytes of the normalized text, because a model can't predict
 * dropped ones.
 */
export function tokenised(tokenizer: Tokenizer, text: string): Tokenised {
  const ids = tokenizer.encode(text);
  return { ids, bytes: tokenizer.model.normalizers ? bytesOf(tokenizer, ids) : utf8Length(text) };
}
export const utf8Length = (text: string): number => new TextEncoder().encode(text).length;
const bytesOf = (tokenizer: Pick<Tokenizer, 'bytes'>, ids: Uint32Array): number =>
  ids.reduce((sum, id) => sum + tokenizer.bytes(id).length, 0);

export const held = (tokenizer: Tokenizer, text: string, source: string): Held => ({
  ...tokenised(tokenizer, text),
  text,
  source,
});

/**
 * Those of a part of the data; where an older build kept no borders, the whole is one.
 * @param sourceOf the name of the text that has the document in this place among all of the data
 */
export async function documentsIn(
  part: PartSource,
  tokenizer: Pick<Tokenizer, 'bytes'>,
  sourceOf: (place: number) => string = () => '',
): Promise<readonly Held[]> {
  const borders = (await part.documents()) ?? [{ start: 0, tokens: part.tokens, place: 0 }];
  const documents: Held[] = [];
  for (const { start, tokens, place } of borders) {
    if (tokens === 0) continue;
    const ids = await part.read(start, tokens);
    documents.push({ ids, bytes: bytesOf(tokenizer, ids), source: sourceOf(place) });
  }
  return documents;
}

/** Tokens by which counting three in a row takes no more than a few hundred MB, and some seconds. */
export const MAX_COUNTED_TOKENS = 2 ** 24;

/** Those of a part in which tokens are counted; undefined where it is too long for that. */
export const countedIn = async (
  part: PartSource,
  tokenizer: Pick<Tokenizer, 'bytes'>,
): Promise<readonly Held[] | undefined> =>
  part.tokens > MAX_COUNTED_TOKENS ? undefined : documentsIn(part, tokenizer);

/** Of each document one after another; a token is in the piece in which it begins. Those of equal texts are equal in number. */
export function blocksOf(documents: readonly Tokenised[], tokenizer: Pick<Tokenizer, 'bytes'>): readonly Block[] {
  if (documents.length >= ENOUGH_DOCUMENTS) {
    return documents.map(({ ids, bytes }, document) => ({ document, from: 0, to: ids.length, bytes }));
  }
  const all = documents.reduce((sum, { bytes }) => sum + bytes, 0);
  const size = Math.max(1, Math.min(PIECE, Math.ceil(all / 2)));
  return documents.flatMap(({ ids, bytes }, document) => {
    const pieces = Math.max(1, Math.ceil(bytes / size));
    let own = 0;
    for (const id of ids) own += tokenizer.bytes(id).length;
    // After normalization, tokens stand for more or fewer bytes than the text has.
    const scale = own > 0 ? bytes / own : 1;
    const blocks: Block[] = [];
    let [at, token] = [0, 0];
    for (let piece = 0; piece < pieces; piece++) {
      const [from, end] = [token, (piece + 1) * size];
      while (token < ids.length && (at * scale < end || piece === pieces - 1))
        at += tokenizer.bytes(ids[token++]!).length;
      blocks.push({ document, from, to: token, bytes: Math.min(end, bytes) - piece * size });
    }
    return blocks;
  });
}
