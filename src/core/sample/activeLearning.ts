/** Active learning: selects the unlabeled texts that are most useful to label. */

interface Unlabeled {
  /** Probabilities of the classifier's labels. */
  probabilities: ArrayLike<number>;
  /** Token ids. */
  ids: ArrayLike<number>;
}

/**
 * Picks texts by the classifier's uncertainty, one after another, and discounts those that share tokens with earlier picks. A
 * batch of similar texts teaches little more than one of them (Settles 2009, "Active Learning Literature Survey", sections
 * 3.1 and 3.6).
 * @returns indices, most helpful first
 */
export function mostHelpful(texts: readonly Unlabeled[], several: boolean, count: number): readonly number[] {
  const unsure = texts.map(({ probabilities }) => unsureness(probabilities, several));
  const counts = texts.map(({ ids }) => countsOf(ids));
  /** Highest cosine similarity of each text to a picked one. */
  const alike = new Float64Array(texts.length);
  const taken: number[] = [];
  const left = new Set(texts.keys());
  while (taken.length < Math.min(count, texts.length)) {
    let [best, max] = [-1, -1];
    for (const place of left) {
      const helps = unsure[place]! * (1 - alike[place]!);
      if (helps > max) [best, max] = [place, helps];
    }
    taken.push(best);
    left.delete(best);
    for (const place of left) alike[place] = Math.max(alike[place]!, cosine(counts[best]!, counts[place]!));
  }
  return taken;
}

/** Normalized entropy, 0 to 1; with several labels, that of the least certain label. */
export function unsureness(probabilities: ArrayLike<number>, several: boolean): number {
  const all = Array.from(probabilities);
  if (several) return all.reduce((max, p) => Math.max(max, (nats(p) + nats(1 - p)) / Math.LN2), 0);
  return all.length < 2 ? 0 : all.reduce((sum, p) => sum + nats(p), 0) / Math.log(all.length);
}
const nats = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);

interface Counts {
  of: ReadonlyMap<number, number>;
  norm: number;
}

function countsOf(ids: ArrayLike<number>): Counts {
  const of = new Map<number, number>();
  for (const id of Array.from(ids)) of.set(id, (of.get(id) ?? 0) + 1);
  let squares = 0;
  for (const count of of.values()) squares += count * count;
  return { of, norm: Math.sqrt(squares) };
}

function cosine(a: Counts, b: Counts): number {
  const [few, many] = a.of.size < b.of.size ? [a, b] : [b, a];
  let product = 0;
  for (const [id, count] of few.of) product += count * (many.of.get(id) ?? 0);
  return product === 0 ? 0 : product / (a.norm * b.norm);
}
