/**
 * What counting tokens in a row comes to: interpolated Kneser-Ney, the best that is known of counting alone.
 *
 *   P_k(w | c) = (max(a(c w) - d_k, 0) + d_k D(c) P_(k-1)(w | c')) / a(c .),   P_0 = 1 / V
 *
 * c the k - 1 tokens before w, c' all of them but the first; where c was never seen, P_k is P_(k-1). a counts occurrences at the
 * highest order, and below it in how many ways what it counts is preceded. D(c): how many tokens follow c.
 * d_k = n1 / (n1 + 2 n2), of n1 and n2 that are counted once and twice.
 * Source: Kneser & Ney 1995; interpolated as in Chen & Goodman 1999, "An empirical study of smoothing techniques", with one discount.
 */
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';

export interface NGrams {
  /** -ln P of the token at `at`, given those before it, as many as it counts. */
  loss(ids: ArrayLike<number>, at: number): number;
  /** The five tokens that it finds likeliest there, the likeliest first; of like ones the lower id. Fewer of a smaller vocabulary. */
  likeliest(ids: ArrayLike<number>, at: number): readonly number[];
}

/**
 * @param ids what is counted, all below `vocabulary`
 * @param order tokens in a row, 1 to 3
 * @throws HomegrownError `bad-settings` where so many entries cannot be told apart by three in a row
 */
export function nGrams(ids: ArrayLike<number>, vocabulary: number, order: 1 | 2 | 3): NGrams {
  if (!canCount(vocabulary, order)) {
    throw badSettings(
      `A vocabulary of ${formatCount(vocabulary)} has too many rows of ${order} tokens to count them.`,
      'Compare with fewer tokens in a row.',
    );
  }
  const levels: Level[] = [];
  let counted = tally(rowsOf(ids, vocabulary, order));
  for (let k = order; k >= 1; k--) {
    levels.unshift(levelOf(counted, vocabulary));
    // Each distinct row is one way in which what follows its first token is preceded.
    if (k > 1) counted = tally(counted.rows.map((row) => row % vocabulary ** (k - 1)).sort());
  }
  /** Of each order the tokens before, as one number. */
  const contextsAt = (all: ArrayLike<number>, at: number): readonly number[] => {
    const contexts = [0];
    for (let i = 1; i < Math.min(order, at + 1); i++)
      contexts.push(contexts[i - 1]! + all[at - i]! * vocabulary ** (i - 1));
    return contexts;
  };
  const probability = (contexts: readonly number[], token: number): number =>
    contexts.reduce((lower, context, i) => levels[i]!.probability(context, token, lower), 1 / vocabulary);
  const known = levels.map(() => new Map<number, readonly number[]>());
  /** What never follows here keeps the order that it has after one token fewer: no more than its likeliest five can be among these. */
  const likeliest = (contexts: readonly number[]): readonly number[] => {
    const [level, context] = [contexts.length - 1, contexts.at(-1)!];
    const before = known[level]!.get(context);
    if (before) return before;
    const lower = level > 0 ? likeliest(contexts.slice(0, -1)) : firstFive(vocabulary);
    const candidates = new Set([...lower, ...levels[level]!.following(context)]);
    const found = Array.from(candidates, (token) => ({ token, p: probability(contexts, token) }))
      .sort((a, b) => b.p - a.p || a.token - b.token)
      .slice(0, LIKELIEST)
      .map(({ token }) => token);
    known[level]!.set(context, found);
    return found;
  };
  return {
    loss: (all, at) => -Math.log(probability(contextsAt(all, at), all[at]!)),
    likeliest: (all, at) => likeliest(contextsAt(all, at)),
  };
}
const LIKELIEST = 5;
const firstFive = (vocabulary: number): readonly number[] =>
  Array.from({ length: Math.min(vocabulary, LIKELIEST) }, (_, id) => id);

/** Whether every row of so many tokens has a number of its own. */
export const canCount = (vocabulary: number, order: number): boolean => vocabulary ** order <= Number.MAX_SAFE_INTEGER;

/** Of what is counted in rows of so many tokens; a context is a row of one token fewer. */
interface Level {
  /** P of a token after a context, where below it is `lower`. */
  probability(context: number, token: number, lower: number): number;
  /** Tokens that follow a context. */
  following(context: number): Iterable<number>;
}

/** Distinct rows in ascending order, and how often each occurs. */
interface Tally {
  rows: Float64Array;
  counts: Uint32Array;
}

/** Every `order` tokens in a row as one number, in base `vocabulary`; ascending. */
function rowsOf(ids: ArrayLike<number>, vocabulary: number, order: number): Float64Array {
  const rows = new Float64Array(Math.max(0, ids.length - order + 1));
  const high = vocabulary ** (order - 1);
  let row = 0;
  for (let i = 0; i < ids.length; i++) {
    row = (row % high) * vocabulary + ids[i]!;
    if (i >= order - 1) rows[i - order + 1] = row;
  }
  return rows.sort();
}

function tally(sorted: Float64Array): Tally {
  const rows = new Float64Array(sorted.length);
  const counts = new Uint32Array(sorted.length);
  let last = -1;
  for (let i = 0; i < sorted.length; i++) {
    if (last < 0 || sorted[i] !== rows[last]) rows[++last] = sorted[i]!;
    counts[last]!++;
  }
  return { rows: rows.slice(0, last + 1), counts: counts.slice(0, last + 1) };
}

function levelOf({ rows, counts }: Tally, vocabulary: number): Level {
  const discount = discountOf(counts);
  /** Of each context, where its rows begin; and the sums of their counts up to there. */
  const contexts = tally(rows.map((row) => Math.floor(row / vocabulary)));
  const [starts, sums] = [running(contexts.counts), running(counts)];
  return {
    probability(context, token, lower) {
      const at = indexOf(contexts.rows, context);
      if (at < 0) return lower;
      const [from, to] = [starts[at]!, starts[at + 1]!];
      const found = indexOf(rows, context * vocabulary + token);
      const own = found < 0 ? 0 : Math.max(0, counts[found]! - discount);
      return (own + discount * (to - from) * lower) / (sums[to]! - sums[from]!);
    },
    following(context) {
      const at = indexOf(contexts.rows, context);
      return at < 0 ? [] : rows.subarray(starts[at], starts[at + 1]).map((row) => row % vocabulary);
    },
  };
}

/** 0, and the sum up to and with each. */
function running(counts: Uint32Array): Float64Array {
  const sums = new Float64Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) sums[i + 1] = sums[i]! + counts[i]!;
  return sums;
}

/** Where nothing is counted once or twice, half: as far as can be from knowing. */
function discountOf(counts: Uint32Array): number {
  let [once, twice] = [0, 0];
  for (const count of counts) {
    if (count === 1) once++;
    else if (count === 2) twice++;
  }
  return once > 0 ? once / (once + 2 * twice) : 0.5;
}

/** Of ascending values; negative where it is not among them. */
function indexOf(values: Float64Array, wanted: number): number {
  let [low, high] = [0, values.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = values[middle]!;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
