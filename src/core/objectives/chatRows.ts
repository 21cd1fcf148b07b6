/** Rows of whole conversations that don't attend to each other, with the loss on the assistant's answers only. */
import { badSettings } from '../base/errors';
import { stream } from '../base/rng';
import { counted, formatCount, formatShare } from '../base/units';
import type { PartSource, TokenSource } from '../shards/manifest';
import { type Batch, type Batches, drawnOf, rowsToMeasure } from './batch';
import { byContext } from './byContext';
import type { InRows } from './objective';
import { packed, type Piece } from './packing';
import { spread } from './pairRows';

/** Conversations of a part, each truncated to a row. */
interface Chats {
  /** Pieces of each row from left to right, one per conversation; each of its positions predicts the next id. */
  rows: readonly (readonly Piece[])[];
  conversations: number;
  /** Number of conversations truncated to fewer exchanges, and of the dropped exchanges. */
  shortened: number;
  leftOut: number;
  /** Number of conversations whose first exchange is longer than a row. */
  tooLong: number;
  /** Number of ids of the conversations in rows, and of those in the loss. */
  ids: number;
  trained: number;
  /** Number of padding places in all rows. */
  padding: number;
}

/** Conversations of a part. @throws HomegrownError `bad-settings` if it has none, or none that fits */
export const chatsIn = byContext(open);

async function open(source: TokenSource, context: number): Promise<Chats> {
  const part = source as Partial<PartSource> & TokenSource;
  const documents = (await part.documents?.()) ?? [];
  if (!part.lossMask || documents.length === 0)
    throw badSettings(
      'The text has no conversations.',
      'Add chats (JSON Lines in OpenAI, ShareGPT or Alpaca format), or a table with questions and answers.',
    );
  const fits: { start: number; tokens: number }[] = [];
  let [shortened, leftOut, tooLong, ids, trained] = [0, 0, 0, 0, 0];
  for (const { start, tokens } of documents) {
    const answers = rangesOf(await part.lossMask(start, tokens));
    // The last target of a row with n places is the id after them.
    const fitting = answers.findLastIndex(([, to]) => to <= context + 1);
    if (fitting < 0) {
      tooLong++;
      continue;
    }
    const end = tokens <= context + 1 ? tokens : answers[fitting]![1];
    if (fitting < answers.length - 1) shortened++;
    leftOut += answers.length - 1 - fitting;
    ids += end;
    for (const [from, to] of answers.slice(0, fitting + 1)) trained += to - from;
    fits.push({ start, tokens: end - 1 });
  }
  if (fits.length === 0)
    throw badSettings(
      `None of ${counted(documents.length, 'conversation')} fits the context of ${formatCount(context)}: each first exchange is longer.`,
      'Use a longer context or shorter conversations.',
    );
  const { rows, padding } = packed(fits, context);
  return { rows, conversations: documents.length, shortened, leftOut, tooLong, ids, trained, padding };
}

/** [n] 0 or 1 -> ranges of ones; `to` is exclusive. */
function rangesOf(lossMask: Uint8Array): (readonly [from: number, to: number])[] {
  const ranges: [number, number][] = [];
  for (let at = lossMask.indexOf(1); at >= 0;) {
    const zero = lossMask.indexOf(0, at);
    const to = zero < 0 ? lossMask.length : zero;
    ranges.push([at, to]);
    at = lossMask.indexOf(1, to);
  }
  return ranges;
}

/** Draws rows with replacement, like windows; each evaluation reads the same ones. */
export async function chatRows(source: TokenSource, context: number, padding: number): Promise<Batches> {
  const { rows: all } = await chatsIn(source, context);
  async function batchOf(some: readonly number[]): Promise<Batch> {
    const [ids, places, ends] = [0, 1, 2].map(() => new Int32Array(some.length * context)) as Arrays;
    const targets = new Int32Array(some.length * context).fill(-1);
    let weight = 0;
    for (const [row, which] of some.entries()) {
      let at = row * context;
      const last = at + context;
      for (const { from, tokens } of all[which]!) {
        const read = await source.read(from, tokens + 1);
        const lossMask = await (source as PartSource).lossMask!(from, tokens + 1);
        for (let t = 0; t < tokens; t++) {
          ids[at + t] = read[t]!;
          places[at + t] = t;
          if (lossMask[t + 1] === 0) continue;
          targets[at + t] = read[t + 1]!;
          weight++;
        }
        ends.fill(at + tokens - row * context, at, at + tokens);
        at += tokens;
      }
      ids.fill(padding, at, last);
      for (let t = at; t < last; t++) places[t] = t - at;
      ends.fill(context, at, last);
    }
    return { arrays: { ids, targets, places, ends }, weight };
  }
  return {
    training({ seed, step, first, rows }) {
      const at = stream(seed, 'batch', step);
      return batchOf(Array.from({ length: rows }, (_, row) => drawnOf(all.length, at(first + row))));
    },
    async *evaluation(max) {
      const chosen = spread(rowsToMeasure(all.length, context, max), all.length);
      for (let i = 0; i < chosen.length; i += max.rows) {
        const some = chosen.slice(i, i + max.rows);
        yield { ...(await batchOf(some)), rows: some.length, context };
      }
    },
  };
}
type Arrays = [ids: Int32Array, places: Int32Array, ends: Int32Array];

/** Layout of a part's rows. */
export async function chatsInRows(source: TokenSource, context: number): Promise<InRows> {
  const { rows, conversations, shortened, leftOut, tooLong, ids, trained, padding } = await chatsIn(source, context);
  const all = Math.max(1, rows.length * context);
  const words = [
    `${counted(conversations, 'conversation')}, ${formatShare(trained / ids)} of their tokens trained on: ` +
      `packed into ${counted(rows.length, 'row')} of ${formatCount(context)}, ${formatShare(padding / all)} of them padding.`,
    ...(shortened > 0
      ? [
          `${formatCount(shortened)} of them are longer than that, and lose ${counted(leftOut, 'exchange')} at their end.`,
        ]
      : []),
    ...(tooLong > 0 ? [`${formatCount(tooLong)} are left out: their first exchange is longer.`] : []),
  ].join(' ');
  return { rows: rows.length, words, isCut: shortened + tooLong > 0 };
}
