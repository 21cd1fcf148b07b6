/** Packs whole documents into as few rows as possible. */
import { badSettings } from '../base/errors';
import { counted, formatCount, formatShare } from '../base/units';
import type { PartSource, TokenSource } from '../shards/manifest';
import { byContext } from './byContext';
import type { InRows } from './objective';

/** Consecutive tokens of one document in a part, each predicted at one position of a row. */
export interface Piece {
  /** Index of its first token in the part. */
  from: number;
  tokens: number;
  /** Whether it begins its document, so that its first token is predicted from the start token. */
  begins: boolean;
}
interface Packing {
  /** Pieces of a row from left to right. */
  rows: readonly (readonly Piece[])[];
  documents: number;
  /** Number of documents that are longer than a row, and of their pieces. */
  cut: number;
  pieces: number;
  /** Number of padding places in all rows. */
  padding: number;
}

/**
 * Best-fit decreasing: longest first, each into the fullest row with room for it. Cuts a longer document into rows of
 * `context`, and packs the remainder like the others. Every token of a document is in one piece.
 * Source: Ding et al. 2024, "Fewer Truncations Improve Language Modeling", arXiv:2404.10830, algorithm 1.
 */
export function packed(documents: readonly { start: number; tokens: number }[], context: number): Packing {
  const pieces: Piece[] = [];
  let cut = 0;
  let cutPieces = 0;
  for (const { start, tokens } of documents) {
    for (let at = 0; at < tokens; at += context)
      pieces.push({ from: start + at, tokens: Math.min(context, tokens - at), begins: at === 0 });
    if (tokens <= context) continue;
    cut++;
    cutPieces += Math.ceil(tokens / context);
  }
  const rows: Piece[][] = [];
  const open = new Rooms(context);
  let padding = 0;
  for (const piece of pieces.sort((a, b) => b.tokens - a.tokens || a.from - b.from)) {
    const taken = open.take(piece.tokens);
    const { row, room } = taken ?? { row: rows.push([]) - 1, room: context };
    rows[row]!.push(piece);
    open.put(row, room - piece.tokens);
    padding += taken ? -piece.tokens : context - piece.tokens;
  }
  return { rows, documents: documents.length, cut, pieces: cutPieces, padding };
}

/** Rows by their remaining room. */
class Rooms {
  private readonly rows: number[][];
  /** Bit set of the amounts of room that rows have, to find the smallest sufficient one 32 at a time. */
  private readonly words: Int32Array;
  constructor(max: number) {
    this.rows = Array.from({ length: max + 1 }, () => []);
    this.words = new Int32Array((max >> 5) + 1);
  }

  put(row: number, room: number): void {
    if (room === 0) return;
    this.rows[room]!.push(row);
    this.words[room >> 5]! |= 1 << (room & 31);
  }

  /** Takes a row with the least sufficient room; undefined if none has enough. */
  take(tokens: number): { row: number; room: number } | undefined {
    for (let word = tokens >> 5; word < this.words.length; word++) {
      const bits = this.words[word]! & (word === tokens >> 5 ? -1 << (tokens & 31) : -1);
      if (bits === 0) continue;
      const room = 32 * word + 31 - Math.clz32(bits & -bits);
      const row = this.rows[room]!.pop()!;
      if (this.rows[room]!.length === 0) this.words[word]! &= ~(1 << (room & 31));
      return { row, room };
    }
    return undefined;
  }
}

/** Packing of a part. @throws HomegrownError `bad-settings` if document boundaries aren't stored */
export const packingOf = byContext(open);

async function open(source: TokenSource, context: number): Promise<Packing> {
  const documents = 'documents' in source ? await (source as PartSource).documents() : null;
  if (!documents)
    throw badSettings(
      'This data has no document boundaries: an older version built it.',
      'Build the tokens again, or set packing to one stream.',
    );
  // Includes end tokens, which a part's last document lacks.
  const own = documents.map(({ start, tokens }) => ({ start, tokens: Math.min(tokens + 1, source.tokens - start) }));
  return packed(own, context);
}

/** Layout of a part's rows. */
export async function packedInRows(source: TokenSource, context: number): Promise<InRows> {
  const { rows, documents, cut, pieces, padding } = await packingOf(source, context);
  const long = cut === 0 ? 'none longer than' : `${formatCount(cut)} cut into ${formatCount(pieces)} pieces for`;
  const share = formatShare(padding / Math.max(1, rows.length * context));
  const words =
    `${counted(documents, 'document')}, ${long} a context of ${formatCount(context)}: ` +
    `packed into ${counted(rows.length, 'row')}, ${share} padding.`;
  return { rows: rows.length, words, isCut: cut > 0 };
}
