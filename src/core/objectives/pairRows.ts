/** Documents with an input and a target, and their rows for training. */
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';
import type { ModelKind } from '../models/spec';
import type { Border, PartSource, TokenSource } from '../shards/manifest';
import { answerStart, promptBegin } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { InRows } from './objective';

/** Ids of a document: its fields, and the text between them. */
export interface Pair {
  input: Uint32Array;
  between: Uint32Array;
  target: Uint32Array;
}
interface Pairs {
  count: number;
  /** Numbers of tokens of each input, of the text after it, and of each target. */
  lengths: readonly (readonly [input: number, between: number, target: number])[];
  /** Indices of their documents in all of the data. */
  places: readonly number[];
  read(place: number): Promise<Pair>;
}

const known = new WeakMap<TokenSource, Promise<Pairs>>();

/** Whether a part has any pairs. */
export const hasPairs = async (part: PartSource): Promise<boolean> => (await spansIn(part)).length > 0;

/** Pairs of a part. @throws HomegrownError `bad-settings` if it has none */
export function pairsIn(source: TokenSource): Promise<Pairs> {
  const there = known.get(source) ?? open(source);
  known.set(source, there);
  there.catch(() => known.delete(source));
  return there;
}

async function open(source: TokenSource): Promise<Pairs> {
  const all = await spansIn(source);
  if (all.length === 0)
    throw badSettings(
      'The text has no pairs of input and target.',
      'Add a table (CSV, TSV or JSON Lines) and choose two columns as pairs; in the terminal use --pairs.',
    );
  return {
    count: all.length,
    lengths: all.map(({ from, input, between, target }) => [input - from, between - input, target - between]),
    places: all.map(({ document }) => document),
    async read(place) {
      const { from, input, between, target } = all[place]!;
      const ids = await source.read(from, target - from);
      return {
        input: ids.subarray(0, input - from),
        between: ids.subarray(input - from, between - from),
        target: ids.subarray(between - from),
      };
    },
  };
}

async function spansIn(source: TokenSource) {
  const documents = ('documents' in source && (await (source as PartSource).documents())) || [];
  return documents.flatMap(({ start, place, fields }) => fieldsOf(start, place, fields));
}

/** Ranges of a document's fields, as token indices of the part. */
function fieldsOf(start: number, document: number, { input, target }: Border['fields']) {
  if (!input || !target || input[1] === input[0] || target[1] === target[0]) return [];
  return [
    {
      document,
      from: start + input[0],
      input: start + input[1],
      between: start + target[0],
      target: start + target[1],
    },
  ];
}

/** A row: inputs, and the target of each position; -1 without a loss. */
export interface PairRow {
  /** Input of the encoder. */
  source?: readonly number[];
  ids: readonly number[];
  targets: readonly number[];
}

/** Ids of the special tokens around fields. */
export interface Marks {
  begin: readonly number[];
  start: number;
  end: number;
}
export const marksOf = (tokenizer: Tokenizer): Marks => {
  const begin = promptBegin(tokenizer);
  return { begin: begin === undefined ? [] : [begin], start: answerStart(tokenizer), end: tokenizer.endOfText };
};

/**
 * Row of a pair. An encoder reads the input with an end token; its decoder reads a start token and the target up to its end.
 * A decoder alone reads the whole document, with the loss on the target and its end. Truncates at the end to fit the context.
 * In a decoder's row a target has up to half, and more if the input leaves room.
 */
export function pairRow({ input, between, target }: Pair, context: number, kind: ModelKind, marks: Marks): PairRow {
  const { begin, start, end } = marks;
  const room = roomFor([input.length, between.length, target.length], context, kind, begin.length);
  const wanted = [...target, end].slice(0, room.target);
  if (kind === 'encoder-decoder')
    return {
      source: [...begin, ...input.subarray(0, room.input), end],
      ids: [start, ...wanted.slice(0, -1)],
      targets: wanted,
    };
  const before = [...begin, ...input.subarray(0, room.input), ...between];
  const ids = [...before, ...wanted.slice(0, -1)];
  return { ids, targets: [...new Array<number>(before.length - 1).fill(-1), ...wanted] };
}

/** Numbers of tokens in a row: of the input, and of the target with its end. */
function roomFor(
  [input, between, target]: Pairs['lengths'][number],
  context: number,
  kind: ModelKind,
  begin: number,
): { input: number; target: number } {
  if (kind === 'encoder-decoder')
    return { input: Math.min(input, context - begin - 1), target: Math.min(target + 1, context) };
  // The last target of a row with n ids is the token after them.
  const all = context + 1 - begin - between;
  const own = Math.min(target + 1, Math.max(Math.ceil(all / 2), all - input));
  return { input: Math.min(input, all - own), target: own };
}

/** Number of rows, one per pair, and of truncated ones. */
export async function pairsInRows(
  source: TokenSource,
  context: number,
  kind: ModelKind,
  tokenizer: Tokenizer,
): Promise<InRows> {
  const { lengths, count } = await pairsIn(source);
  const begin = marksOf(tokenizer).begin.length;
  let [inputs, targets] = [0, 0];
  for (const each of lengths) {
    const room = roomFor(each, context, kind, begin);
    if (room.input < each[0]) inputs++;
    if (room.target < each[2] + 1) targets++;
  }
  if (inputs + targets === 0) return { rows: count, isCut: false };
  const words =
    `${formatCount(inputs)} inputs and ${formatCount(targets)} targets of ${formatCount(count)} training pairs ` +
    `are longer than a context of ${formatCount(context)}, and are truncated.`;
  return { rows: count, words, isCut: true };
}

/** Indices of `some` of `all` items, evenly spaced from the first. */
export const spread = (some: number, all: number): number[] =>
  Array.from({ length: some }, (_, i) => Math.floor((i * all) / some));

/** Text of consecutive ids. */
export function textOf(tokenizer: Tokenizer, ids: Iterable<number>): string {
  const decoder = tokenizer.decoder();
  return [...ids].map((id) => decoder.push(id)).join('') + decoder.end();
}

/** Occurrences of each id in targets and their end tokens, [vocabulary]. */
export async function countTargets({ count, read }: Pick<Pairs, 'count' | 'read'>, tokenizer: Tokenizer) {
  const counts = new Uint32Array(tokenizer.size);
  for (let place = 0; place < count; place++) {
    const { target } = await read(place);
    for (const id of target) counts[id]! += 1;
    counts[tokenizer.endOfText]! += 1;
  }
  return counts;
}
