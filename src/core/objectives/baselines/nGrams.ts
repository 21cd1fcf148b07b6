/**
 * Unigram, bigram and trigram models with interpolated Kneser-Ney smoothing.
 *
 *   P_k(w | c) = (max(a(c w) - d_k, 0) + d_k D(c) P_(k-1)(w | c')) / a(c .),   P_0 = 1 / V
 *
 * c is the k - 1 tokens before w, and c' is c without its first token. If the training text never has c, P_k is P_(k-1).
 * At the highest order, a counts occurrences. Below it, a counts the different tokens that stand before a row.
 * D(c) is the number of different tokens that follow c. d_k = n1 / (n1 + 2 n2), where n1 and n2 rows are counted once and twice.
 * Source: Kneser & Ney 1995; interpolated as in Chen & Goodman 1999, "An empirical study of smoothing techniques", with one discount.
 */
import { GroupTable } from './groupTable';

/** 1: unigram, 2: bigram, 3: trigram. */
export type NGramOrder = 1 | 2 | 3;

export interface NGrams {
  /** -ln P of the token at `at` by one of the models, given up to `order` - 1 tokens before it. */
  loss(order: NGramOrder, ids: ArrayLike<number>, at: number): number;
  /** The five most probable tokens there, the most probable first; ties go to the lower id. Fewer if the vocabulary has fewer. */
  likeliest(order: NGramOrder, ids: ArrayLike<number>, at: number): readonly number[];
}

/**
 * Counts all three orders in one pass, grouped by the middle token of a trigram. Takes up to 60 bytes per token.
 * @param ids the training tokens, all below `vocabulary`
 */
export function nGrams(ids: ArrayLike<number>, vocabulary: number): NGrams {
  const counts = countRows(ids, vocabulary);
  const models = [1, 2, 3].map((order) => levelsOf(counts, order as NGramOrder));
  const contextsAt = (all: ArrayLike<number>, at: number): readonly number[] => [
    0,
    ...(at > 0 ? [all[at - 1]!] : []),
    ...(at > 1 ? [counts.contexts.find(all[at - 1]!, all[at - 2]!)] : []),
  ];
  const likeliest = models.map((levels) => likeliestOf(levels, vocabulary));
  return {
    loss(order, all, at) {
      const levels = models[order - 1]!;
      const token = all[at]!;
      let p = levels[0]!.probability(0, token, 1 / vocabulary);
      if (order > 1 && at > 0) p = levels[1]!.probability(all[at - 1]!, token, p);
      if (order > 2 && at > 1) {
        const context = counts.contexts.find(all[at - 1]!, all[at - 2]!);
        p = levels[2]!.probability(context, token, p);
      }
      return -Math.log(p);
    },
    likeliest: (order, all, at) => likeliest[order - 1]!(contextsAt(all, at).slice(0, order)),
  };
}

/** @returns the five most probable tokens after contexts of each order */
function likeliestOf(levels: readonly Level[], vocabulary: number) {
  const probability = (contexts: readonly number[], token: number): number =>
    contexts.reduce((lower, context, i) => levels[i]!.probability(context, token, lower), 1 / vocabulary);
  const cache = levels.map(() => new Map<number, readonly number[]>());
  /** Tokens that never follow a context keep the order of the level below: only its first five can be among these. */
  return function likeliest(contexts: readonly number[]): readonly number[] {
    const [level, context] = [contexts.length - 1, contexts.at(-1)!];
    const cached = cache[level]!.get(context);
    if (cached) return cached;
    const lower = level > 0 ? likeliest(contexts.slice(0, -1)) : firstFive(vocabulary);
    const following = levels[level]!.following(context);
    if (following.length === 0) return lower;
    const candidates = new Set([...lower, ...following]);
    const found = Array.from(candidates, (token) => ({ token, p: probability(contexts, token) }))
      .sort((a, b) => b.p - a.p || a.token - b.token)
      .slice(0, LIKELIEST)
      .map(({ token }) => token);
    cache[level]!.set(context, found);
    return found;
  };
}
const LIKELIEST = 5;
const firstFive = (vocabulary: number): readonly number[] =>
  Array.from({ length: Math.min(vocabulary, LIKELIEST) }, (_, id) => id);

/** Counts by the slot of their table. */
interface Counted {
  /** [vocabulary] */
  unigrams: Uint32Array;
  /** Tokens after each token: how often, and after how many different tokens before it. */
  bigrams: GroupTable;
  bigramCounts: Uint32Array;
  bigramsBefore: Uint32Array;
  /** Tokens before each token, which are the contexts of trigrams. */
  contexts: GroupTable;
  /** By the token in the middle: the first and the last token. */
  trigrams: GroupTable;
  trigramCounts: Uint32Array;
}

function countRows(ids: ArrayLike<number>, vocabulary: number): Counted {
  const unigrams = new Uint32Array(vocabulary);
  for (let i = 0; i < ids.length; i++) unigrams[ids[i]!]!++;
  const pairs = unigrams.map((count) => Math.min(count, vocabulary));
  const [bigrams, contexts, trigrams] = [new GroupTable(pairs), new GroupTable(pairs), new GroupTable(unigrams)];
  const [bigramCounts, bigramsBefore] = [new Uint32Array(bigrams.slots), new Uint32Array(bigrams.slots)];
  const trigramCounts = new Uint32Array(trigrams.slots);
  for (const at of placesByToken(ids, unigrams)) {
    if (at === ids.length - 1) continue;
    const [token, next] = [ids[at]!, ids[at + 1]!];
    const bigram = bigrams.add(token, next);
    bigramCounts[bigram]!++;
    if (at === 0) continue;
    const before = ids[at - 1]!;
    contexts.add(token, before);
    if (trigramCounts[trigrams.add(token, before, next)]!++ === 0) bigramsBefore[bigram]!++;
  }
  return { unigrams, bigrams, bigramCounts, bigramsBefore, contexts, trigrams, trigramCounts };
}

/** Places of the tokens, those of the lowest id first. */
function placesByToken(ids: ArrayLike<number>, counts: Uint32Array): Uint32Array {
  const next = new Uint32Array(counts.length);
  for (let id = 1; id < counts.length; id++) next[id] = next[id - 1]! + counts[id - 1]!;
  const places = new Uint32Array(ids.length);
  for (let at = 0; at < ids.length; at++) places[next[ids[at]!]!++] = at;
  return places;
}

/** The rows of one order, grouped by their context: the row without its last token. */
interface Level {
  /** P of a token after a context, where the level below gives `lower`. */
  probability(context: number, token: number, lower: number): number;
  /** Tokens that follow a context. */
  following(context: number): readonly number[];
}

function levelsOf(counted: Counted, order: NGramOrder): readonly Level[] {
  const { unigrams, bigrams, bigramCounts, bigramsBefore } = counted;
  if (order === 1) return [unigramLevel(unigrams)];
  const counts = order === 2 ? bigramCounts : bigramsBefore;
  /** By token: how many different tokens stand before it. */
  const before = new Uint32Array(unigrams.length);
  for (let slot = 0; slot < bigrams.slots; slot++) if (counts[slot]! > 0) before[bigrams.first(slot)]!++;
  const lower = [unigramLevel(before), bigramLevel(bigrams, counts)];
  return order === 2 ? lower : [...lower, trigramLevel(counted)];
}

function unigramLevel(counts: Uint32Array): Level {
  const discount = discountOf(counts);
  let [total, types] = [0, 0];
  for (const count of counts) {
    total += count;
    if (count > 0) types++;
  }
  return {
    probability: (_, token, lower) =>
      total === 0 ? lower : smoothed({ count: counts[token]!, total, types, discount }, lower),
    following: () => [...counts.keys()].filter((token) => counts[token]! > 0),
  };
}

/** A context is a token. @param counts by slot; a row that is counted 0 times does not occur */
function bigramLevel(bigrams: GroupTable, counts: Uint32Array): Level {
  const discount = discountOf(counts);
  const { starts } = bigrams;
  const [totals, types] = [new Uint32Array(starts.length - 1), new Uint32Array(starts.length - 1)];
  for (let context = 0; context < totals.length; context++)
    for (let slot = starts[context]!; slot < starts[context + 1]!; slot++) {
      totals[context]! += counts[slot]!;
      if (counts[slot]! > 0) types[context]!++;
    }
  return {
    probability(context, token, lower) {
      const total = totals[context]!;
      if (total === 0) return lower;
      const slot = bigrams.find(context, token);
      return smoothed({ count: slot < 0 ? 0 : counts[slot]!, total, types: types[context]!, discount }, lower);
    },
    following(context) {
      const tokens: number[] = [];
      for (let slot = starts[context]!; slot < starts[context + 1]!; slot++)
        if (counts[slot]! > 0) tokens.push(bigrams.first(slot));
      return tokens;
    },
  };
}

/** A context is a slot of `contexts`, or negative. */
function trigramLevel({ contexts, trigrams, trigramCounts: counts, unigrams }: Counted): Level {
  const discount = discountOf(counts);
  const [totals, types] = [new Uint32Array(contexts.slots), new Uint32Array(contexts.slots)];
  const middles = new Uint32Array(contexts.slots);
  for (let middle = 0; middle < unigrams.length; middle++) {
    middles.fill(middle, contexts.starts[middle], contexts.starts[middle + 1]);
    for (let slot = trigrams.starts[middle]!; slot < trigrams.starts[middle + 1]!; slot++) {
      if (counts[slot] === 0) continue;
      const context = contexts.find(middle, trigrams.first(slot));
      totals[context]! += counts[slot]!;
      types[context]!++;
    }
  }
  let followers: Map<number, number[]> | undefined;
  const listed = (): Map<number, number[]> => {
    const all = new Map<number, number[]>();
    for (let middle = 0; middle < unigrams.length; middle++)
      for (let slot = trigrams.starts[middle]!; slot < trigrams.starts[middle + 1]!; slot++) {
        if (counts[slot] === 0) continue;
        const context = contexts.find(middle, trigrams.first(slot));
        const own = all.get(context);
        if (own) own.push(trigrams.second(slot));
        else all.set(context, [trigrams.second(slot)]);
      }
    return all;
  };
  return {
    probability(context, token, lower) {
      if (context < 0) return lower;
      const slot = trigrams.find(middles[context]!, contexts.first(context), token);
      const count = slot < 0 ? 0 : counts[slot]!;
      return smoothed({ count, total: totals[context]!, types: types[context]!, discount }, lower);
    },
    following: (context) => (followers ??= listed()).get(context) ?? [],
  };
}

interface Smoothing {
  /** Of the row, and of all rows with its context. */
  count: number;
  total: number;
  /** How many different tokens follow the context. */
  types: number;
  discount: number;
}
const smoothed = ({ count, total, types, discount }: Smoothing, lower: number): number =>
  (Math.max(0, count - discount) + discount * types * lower) / total;

/** Half if no row is counted once or twice: the least informed guess. */
function discountOf(counts: Uint32Array): number {
  let [once, twice] = [0, 0];
  for (const count of counts) {
    if (count === 1) once++;
    else if (count === 2) twice++;
  }
  return once > 0 ? once / (once + 2 * twice) : 0.5;
}
