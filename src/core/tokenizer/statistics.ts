import { type Documents, totalOf } from '../base/document';
import type { Job } from '../base/job';
import type { TokenRole } from './special';
import type { Tokenizer } from './tokenizer';

/** A token for display. */
export interface TokenPiece {
  id: number;
  /** Null if the bytes are not whole characters. */
  text: string | null;
  /** Number of bytes. */
  bytes: number;
  /** Role of a special token, whose `text` is only its name. */
  role?: TokenRole;
  /** Occurrences in the passage, or in the counted text. */
  count: number;
}

/** Tokens of a passage, in order. */
export function piecesOf(tokenizer: Tokenizer, passage: string): TokenPiece[] {
  const ids = tokenizer.encode(passage);
  const counts = count(ids, new Uint32Array(tokenizer.size));
  return Array.from(ids, (id) => describe(tokenizer, id, counts[id]!));
}

/** Vocabulary entries whose text contains `query` (all if empty), in order of id, at most `limit`. */
export function vocabularyPieces(
  tokenizer: Tokenizer,
  query: string,
  limit: number,
  counts?: Uint32Array,
): TokenPiece[] {
  const found: TokenPiece[] = [];
  for (let id = 0; id < tokenizer.size && found.length < limit; id++) {
    const piece = describe(tokenizer, id, counts?.[id] ?? 0);
    if (query === '' || piece.text?.includes(query)) found.push(piece);
  }
  return found;
}

interface TokenizerStatistics {
  tokens: number;
  /** UTF-8 bytes of text per token. */
  bytesPerToken: number;
  /** Number of entries that never occur in the text, without special tokens. */
  unusedEntries: number;
  /** [id] -> occurrences. */
  counts: Uint32Array;
}

/** Measures a tokenizer on documents, in one pass. */
export async function measure(tokenizer: Tokenizer, documents: Documents, job: Job): Promise<TokenizerStatistics> {
  const counts = new Uint32Array(tokenizer.size);
  const of = await totalOf(documents, 'bytes');
  let [tokens, bytes] = [0, 0];
  for await (const document of documents) {
    for await (const ids of tokenizer.encodeStream(document.chunks(), job.signal)) {
      count(ids, counts);
      tokens += ids.length;
      for (const id of ids) bytes += tokenizer.bytes(id).length;
      job.report({ label: 'Counting tokens', done: bytes, of, unit: 'bytes' });
    }
  }
  const unusedEntries = counts.filter((count, id) => count === 0 && tokenizer.bytes(id).length > 0).length;
  return { tokens, bytesPerToken: tokens === 0 ? 0 : bytes / tokens, unusedEntries, counts };
}

function describe(tokenizer: Tokenizer, id: number, count: number): TokenPiece {
  const special = tokenizer.specialOf(id);
  if (special) return { id, text: special.text, bytes: 0, count, ...(special.role && { role: special.role }) };
  const bytes = tokenizer.bytes(id);
  return { id, text: wholeCharacters(bytes), bytes: bytes.length, count };
}

/** Text of the bytes; null if they are not whole characters. */
export function wholeCharacters(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function count(ids: Uint32Array, counts: Uint32Array): Uint32Array {
  for (const id of ids) counts[id]! += 1;
  return counts;
}
