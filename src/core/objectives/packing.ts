/** Whole documents packed into as few rows as possible: which are in which row, and attention limits within a row. */
import { badSettings } from '../base/errors';
import { counted, formatCount, formatShare } from '../base/units';
import type { PartSource, TokenSource } from '../shards/manifest';
import { byContext } from './byContext';
import type { InRows } from './objective';

/** Tokens of a part, one after another, of one document: what is predicted in as many places of a row. */
export interface Piece {
  /** The first of them, in the part. */
  from: number;
  tokens: number;
  /** It is the document's beginning, and is predicted from what stands before every text. */
  begins: boolean;
}
interface Packing {
  /** Pieces of a row from left to right. */
  rows: readonly (readonly Piece[])[];
  documents: number;
  /** Documents that are longer than a row, and the pieces that they are in. */
  cut: number;
  pieces: number;
  /** Places of all rows in which nothing is. */
  padding: number;
}

/**
 * Best-fit decreasing: the longest first, each into the fullest row that has room for it. A document that is longer than a row
 * is cut into rows of `context`, and what remains is packed as others are. Every token of a document is in one piece.
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

/** Rows by the room that is left in them. */
class Rooms {
  private readonly rows: number[][];
  /** A bit for each room that a row has: the least that is enough is found 32 at a time. */
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

  /** One of those with the least room for so many; undefined where none has it. */
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

/** That of a part. @throws HomegrownError `bad-settings` where nobody kept where its documents begin */
export const packingOf = byContext(open);

async function open(source: TokenSource, context: number): Promise<Packing> {
  const documents = 'documents' in source ? await (source as PartSource).documents() : null;
  if (!documents)
    throw badSettings(
      'This data has no document boundaries: an older version built it.',
      'Build the tokens again, or set packing to one stream.',
    );
  // With the mark that ends each, which the last one of a part has not.
  const own = documents.map(({ start, tokens }) => ({ start, tokens: Math.min(tokens + 1, source.tokens - start) }));
  return packed(own, context);
}

/** What is in the rows of a part. */
export async function packedInRows(source: TokenSource, context: number): Promise<InRows> {
  const { rows, documents, cut, pieces, padding } = await packingOf(source, context);
  const long = cut === 0 ? 'none longer than' : `${formatCount(cut)} cut into ${formatCount(pieces)} pieces for`;
  const share = formatShare(padding / Math.max(1, rows.length * context));
  const words =
    `${counted(documents, 'document')}, ${long} a context of ${formatCount(context)}: ` +
    `packed into ${counted(rows.length, 'row')}, ${share} padding.`;
  return { rows: rows.length, words, isCut: cut > 0 };
}
