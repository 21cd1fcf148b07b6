/**
 * Unigram, bigram and trigram models with interpolated Kneser-Ney smoothing.
 *
 *   P_k(w | c) = (max(a(c w) - d_k, 0) + d_k D(c) P_(k-1)(w | c')) / a(c .),   P_0 = 1 / V
 *
 * c is the k - 1 tokens before w, and c' is c without its first token. If c never occurs in the training text, P_k is
 * P_(k-1). At the highest order, a counts occurrences. Below it, a counts the different tokens that precede a row. D(c)
 * is the number of different tokens that follow c. d_k = n1 / (n1 + 2 n2), where n1 and n2 rows are counted once and
 * twice. Source: Kneser & Ney 1995; interpolated as in Chen & Goodman 1999, "An empirical study of smoothing
 * techniques", with one discount.
 */
/** 1: unigram, 2: bigram, 3: trigram. */
export type NGramOrder = 1 | 2 | 3;

interface NGrams {
  /** -ln P of the token at `at` by one of the models, given up to `order` - 1 tokens before it. */
  loss(order: NGramOrder, ids: ArrayLike<number>, at: number): number;
  /** The five most probable tokens there, the most probable first; ties go to the lower id. Fewer if the vocabulary has fewer. */
  likeliest(order: NGramOrder, ids: ArrayLike<number>, at: number): readonly number[];
}

/**
 * Counts all three orders, one middle token of trigrams at a time, so that the data fit in the processor's cache. Takes
 * up to 40 bytes per token.
 * @param ids the training tokens, all below `vocabulary`
 */
export function nGrams(ids: ArrayLike<number>, vocabulary: number): NGrams {
  const counts = countRows(ids, vocabulary);
  const models = [1, 2, 3].map((order) => levelsOf(counts, order as NGramOrder));
  const contextsAt = (all: ArrayLike<number>, at: number): readonly number[] => [
    0,
    ...(at > 0 ? [all[at - 1]!] : []),
    ...(at > 1 ? [contextOf(counts, all[at - 2]!, all[at - 1]!)] : []),
  ];
  const likeliest = models.map((levels) => likeliestOf(levels, vocabulary));
  return {
    loss(order, all, at) {
      const levels = models[order - 1]!;
      const token = all[at]!;
      let p = levels[0]!.probability(0, token, 1 / vocabulary);
      if (order > 1 && at > 0) p = levels[1]!.probability(all[at - 1]!, token, p);
      if (order > 2 && at > 1) {
        const context = contextOf(counts, all[at - 2]!, all[at - 1]!);
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
  /** Tokens that never follow a context keep the lower level's order, so only its first five are candidates. */
  return function likeliest(contexts: readonly number[]): readonly number[] {
    const [level, context] = [contexts.length - 1, contexts.at(-1)!];
    const cached = cache[level]!.get(context);
    if (cached) return cached;
    const lower = level > 0 ? likeliest(contexts.slice(0, -1)) : firstFive(vocabulary);
    const following = levels[level]!.following(context);
    if (following.length === 0) return lower;
    const found = fiveBest(new Set([...lower, ...following]), (token) => probability(contexts, token));
    cache[level]!.set(context, found);
    return found;
  };
}
const LIKELIEST = 5;

/** The five most probable tokens, in descending order; ties go to the lower id. */
function fiveBest(tokens: Iterable<number>, probability: (token: number) => number): readonly number[] {
  const best: { token: number; p: number }[] = [];
  for (const token of tokens) {
    const p = probability(token);
    const at = best.findIndex((other) => p > other.p || (p === other.p && token < other.token));
    if (at >= 0) best.splice(at, 0, { token, p });
    else if (best.length < LIKELIEST) best.push({ token, p });
    if (best.length > LIKELIEST) best.pop();
  }
  return best.map(({ token }) => token);
}
const firstFive = (vocabulary: number): readonly number[] =>
  Array.from({ length: Math.min(vocabulary, LIKELIEST) }, (_, id) => id);

/** Counts of distinct rows, sorted by middle token, first token and last token. */
interface Counted {
  /** Count of each token, [vocabulary]. */
  unigrams: Uint32Array;
  /** Start index of the bigrams of each first token, [vocabulary + 1]; their second tokens, in ascending order. */
  bigramStarts: Uint32Array;
  bigramSeconds: Uint32Array;
  /** Number of occurrences of each bigram, and of different tokens before it. */
  bigramCounts: Uint32Array;
  bigramsBefore: Uint32Array;
  /** Start index of the contexts of each middle token, [vocabulary + 1]; their first tokens, in ascending order. */
  contextStarts: Uint32Array;
  contextFirsts: Uint32Array;
  /** Start index of the trigrams of each context, [contexts + 1]; their last tokens, in ascending order. */
  trigramStarts: Uint32Array;
  trigramLasts: Uint32Array;
  trigramCounts: Uint32Array;
}

/** Index of a context; negative if the training text lacks it. */
const contextOf = ({ contextStarts, contextFirsts }: Counted, first: number, middle: number): number =>
  indexOf(contextFirsts, first, contextStarts[middle]!, contextStarts[middle + 1]!);

function countRows(ids: ArrayLike<number>, vocabulary: number): Counted {
  const { length } = ids;
  const unigrams = new Uint32Array(vocabulary);
  for (let at = 0; at < length; at++) unigrams[ids[at]!]!++;
  const { keys, starts } = keysByMiddle(ids, vocabulary);
  const [bigramStarts, contextStarts] = [new Uint32Array(vocabulary + 1), new Uint32Array(vocabulary + 1)];
  const column = (): Uint32Array => new Uint32Array(length + 1);
  const [bigramSeconds, bigramCounts, bigramsBefore] = [column(), column(), column()];
  const [contextFirsts, trigramStarts, trigramLasts, trigramCounts] = [column(), column(), column(), column()];
  let [bigrams, contexts, trigrams] = [0, 0, 0];
  /** For the current middle token: counts by the token after it, and a list of these tokens. */
  const [after, before, tokens] = [
    new Uint32Array(vocabulary),
    new Uint32Array(vocabulary),
    new Uint32Array(vocabulary),
  ];
  for (let middle = 0; middle < vocabulary; middle++) {
    const own = keys.subarray(starts[middle], starts[middle + 1]).sort();
    let found = 0;
    for (let i = 0; i < own.length; i++) {
      const key = own[i]!;
      const first = Math.floor(key / vocabulary);
      const last = key - first * vocabulary;
      if (after[last]!++ === 0) tokens[found++] = last;
      if (i > 0 && key === own[i - 1]) {
        trigramCounts[trigrams - 1]!++;
        continue;
      }
      before[last]!++;
      if (contexts === contextStarts[middle] || contextFirsts[contexts - 1] !== first) {
        contextFirsts[contexts] = first;
        trigramStarts[contexts++] = trigrams;
      }
      trigramLasts[trigrams] = last;
      trigramCounts[trigrams++] = 1;
    }
    // The first bigram of the text has no token before it.
    if (length > 1 && ids[0] === middle && after[ids[1]!]!++ === 0) tokens[found++] = ids[1]!;
    for (const token of tokens.subarray(0, found).sort()) {
      bigramSeconds[bigrams] = token;
      bigramCounts[bigrams] = after[token]!;
      bigramsBefore[bigrams++] = before[token]!;
      after[token] = before[token] = 0;
    }
    bigramStarts[middle + 1] = bigrams;
    contextStarts[middle + 1] = contexts;
  }
  trigramStarts[contexts] = trigrams;
  return {
    ...{ unigrams, bigramStarts, contextStarts },
    bigramSeconds: bigramSeconds.slice(0, bigrams),
    bigramCounts: bigramCounts.slice(0, bigrams),
    bigramsBefore: bigramsBefore.slice(0, bigrams),
    contextFirsts: contextFirsts.slice(0, contexts),
    trigramStarts: trigramStarts.slice(0, contexts + 1),
    trigramLasts: trigramLasts.slice(0, trigrams),
    trigramCounts: trigramCounts.slice(0, trigrams),
  };
}

/** Tokens before and after each token as one number, grouped by the middle token; groups begin at `starts`. */
function keysByMiddle(ids: ArrayLike<number>, vocabulary: number) {
  const starts = new Uint32Array(vocabulary + 1);
  for (let at = 1; at < ids.length - 1; at++) starts[ids[at]! + 1]!++;
  for (let id = 0; id < vocabulary; id++) starts[id + 1]! += starts[id]!;
  const next = starts.slice();
  const keys = new Float64Array(Math.max(0, ids.length - 2));
  for (let at = 1; at < ids.length - 1; at++) keys[next[ids[at]!]!++] = ids[at - 1]! * vocabulary + ids[at + 1]!;
  return { keys, starts };
}

/** Rows of one order, grouped by context, which is a row without its last token. */
interface Level {
  /** P of a token after a context, given the lower level's probability. */
  probability(context: number, token: number, lower: number): number;
  /** Tokens that follow a context. */
  following(context: number): readonly number[];
}

function levelsOf(counted: Counted, order: NGramOrder): readonly Level[] {
  const { unigrams, bigramSeconds, bigramCounts, bigramsBefore } = counted;
  if (order === 1) return [unigramLevel(unigrams)];
  const counts = order === 2 ? bigramCounts : bigramsBefore;
  /** Number of different tokens before each token, [vocabulary]. */
  const before = new Uint32Array(unigrams.length);
  for (let row = 0; row < counts.length; row++) if (counts[row]! > 0) before[bigramSeconds[row]!]!++;
  const lower = [unigramLevel(before), tableLevel(counted.bigramStarts, bigramSeconds, counts)];
  if (order === 2) return lower;
  return [...lower, tableLevel(counted.trigramStarts, counted.trigramLasts, counted.trigramCounts)];
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

/**
 * @param starts start index of the rows of each context, [contexts + 1]
 * @param tokens last token of each row, in ascending order within a context
 * @param counts count of each row; 0 if the row doesn't occur
 */
function tableLevel(starts: Uint32Array, tokens: Uint32Array, counts: Uint32Array): Level {
  const discount = discountOf(counts);
  const [totals, types] = [new Uint32Array(starts.length - 1), new Uint32Array(starts.length - 1)];
  for (let context = 0; context < totals.length; context++)
    for (let row = starts[context]!; row < starts[context + 1]!; row++) {
      totals[context]! += counts[row]!;
      if (counts[row]! > 0) types[context]!++;
    }
  return {
    probability(context, token, lower) {
      if (context < 0 || totals[context] === 0) return lower;
      const row = indexOf(tokens, token, starts[context]!, starts[context + 1]!);
      const count = row < 0 ? 0 : counts[row]!;
      return smoothed({ count, total: totals[context]!, types: types[context]!, discount }, lower);
    },
    following(context) {
      if (context < 0) return [];
      const rows = Array.from(tokens.subarray(starts[context], starts[context + 1]));
      return rows.filter((_, row) => counts[starts[context]! + row]! > 0);
    },
  };
}

interface Smoothing {
  /** Count of the row, and of all rows with its context. */
  count: number;
  total: number;
  /** Number of different tokens that follow the context. */
  types: number;
  discount: number;
}
const smoothed = ({ count, total, types, discount }: Smoothing, lower: number): number =>
  (Math.max(0, count - discount) + discount * types * lower) / total;

/** Discount d_k; 0.5, an uninformed guess, if no row is counted once. */
function discountOf(counts: Uint32Array): number {
  let [once, twice] = [0, 0];
  for (const count of counts) {
    if (count === 1) once++;
    else if (count === 2) twice++;
  }
  return once > 0 ? once / (once + 2 * twice) : 0.5;
}

/** Index of a value in the ascending range from `from` to `to` (exclusive); -1 if it is missing. */
function indexOf(values: Uint32Array, wanted: number, from: number, to: number): number {
  let [low, high] = [from, to - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = values[middle]!;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
