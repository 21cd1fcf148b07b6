/** Rows of whole documents: attention limits, and which documents a step trains on. */
import { stream } from '../base/rng';
import type { TokenSource } from '../shards/manifest';
import { beginOf, promptBegin } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Batch, type Batches, drawnOf, rowsToMeasure } from './batch';
import { packingOf, type Piece } from './packing';
import { spread } from './pairRows';

/**
 * Puts a start token before each document, so that its first token is trained and it can be generated from an empty prompt.
 * If prompts have no start token, leaves it out of a random half of training rows, whose first tokens are not predicted.
 * Draws rows with replacement, like windows; each evaluation reads the same ones.
 */
export async function documentRows(source: TokenSource, context: number, tokenizer: Tokenizer): Promise<Batches> {
  const { rows: all } = await packingOf(source, context);
  const begin = beginOf(tokenizer);
  const always = promptBegin(tokenizer) !== undefined;
  async function batchOf(some: readonly { row: number; bare: boolean }[]): Promise<Batch> {
    const [ids, places, ends] = [0, 1, 2].map(() => new Int32Array(some.length * context)) as Arrays;
    const targets = new Int32Array(some.length * context).fill(-1);
    let weight = 0;
    /** Marks a range of a row as one document. */
    const lay = (row: number, from: number, to: number): void => {
      for (let t = from; t < to; t++) places[row * context + t] = t - from;
      ends.fill(to, row * context + from, row * context + to);
    };
    for (const [row, { row: which, bare }] of some.entries()) {
      let at = 0;
      for (const piece of all[which]!) {
        const [read, end] = [await idsOf(source, piece, begin), at + piece.tokens];
        const skipped = bare && piece.begins ? 1 : 0; // the start token is then a document of its own
        ids.set(read.subarray(0, piece.tokens), row * context + at);
        targets.set(read.subarray(1 + skipped), row * context + at + skipped);
        lay(row, at, at + skipped);
        lay(row, at + skipped, end);
        weight += piece.tokens - skipped;
        at = end;
      }
      ids.fill(tokenizer.endOfText, row * context + at, (row + 1) * context);
      lay(row, at, context);
    }
    return { arrays: { ids, targets, places, ends }, weight };
  }
  return {
    training({ seed, step, first, rows }) {
      const [at, begun] = [stream(seed, 'batch', step), stream(seed, 'begun', step)];
      return batchOf(
        Array.from({ length: rows }, (_, row) => ({
          row: drawnOf(all.length, at(first + row)),
          bare: !always && begun(first + row) % 2 === 1,
        })),
      );
    },
    async *evaluation(max) {
      const places = spread(rowsToMeasure(all.length, context, max), all.length);
      for (let i = 0; i < places.length; i += max.rows) {
        const some = places.slice(i, i + max.rows).map((row) => ({ row, bare: false }));
        yield { ...(await batchOf(some)), rows: some.length, context };
      }
    },
  };
}
type Arrays = [ids: Int32Array, places: Int32Array, ends: Int32Array];

/** Ids of a piece after the token before it, or after its document's start token. */
async function idsOf(source: TokenSource, { from, tokens, begins }: Piece, begin: number): Promise<Uint32Array> {
  if (!begins) return source.read(from - 1, tokens + 1);
  const ids = new Uint32Array(tokens + 1);
  ids[0] = begin;
  ids.set(await source.read(from, tokens), 1);
  return ids;
}
