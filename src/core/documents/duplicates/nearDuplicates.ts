/**
 * Finds near-duplicate documents: MinHash signatures in LSH bands propose pairs, and the true Jaccard similarity of
 * their word 5-grams decides. Source: Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3.
 */
import { DisjointSets } from '../../base/disjointSets';
import { badSettings } from '../../base/errors';
import { finalMix } from '../../base/murmur3';
import { bits } from '../../base/rng';

/** Jaccard similarity at which near-duplicates are counted. */
export const NEAR_JACCARD = 0.7;
const [MIN_JACCARD, MAX_JACCARD] = [0.5, 1] as const;

/** MinHash values per document. */
const HASHES = 128;
/** Minimum share of pairs at the threshold that the bands propose. */
const MIN_RECALL = 0.98;
/** Maximum number of earlier documents of a band's bucket that a document is compared with. */
const MAX_COMPARISONS = 256;

/** @throws HomegrownError `bad-settings` for a threshold out of range */
function checkJaccard(threshold: number): void {
  if (!(threshold >= MIN_JACCARD && threshold <= MAX_JACCARD))
    throw badSettings(
      `The near-duplicate threshold is ${threshold}; it must be from ${MIN_JACCARD} to ${MAX_JACCARD}.`,
      `Try ${NEAR_JACCARD}.`,
    );
}

/** Most rows per band, and so fewest false candidates, that still reach `MIN_RECALL` at the threshold. */
function rowsFor(threshold: number): number {
  for (let rows = 16; rows > 1; rows--)
    if (1 - (1 - threshold ** rows) ** Math.floor(HASHES / rows) >= MIN_RECALL) return rows;
  return 1;
}

/**
 * Takes each document's shingles twice: `add` for all documents, then `verify` for those that `isCandidate` names. So
 * memory holds at most 128 hashes a document, and the shingles of candidates only.
 */
export class NearDuplicates {
  length = 0;
  private readonly rows: number;
  private readonly bands: number;
  private readonly factors: Int32Array;
  private readonly terms: Int32Array;
  private readonly min = new Int32Array(HASHES);
  private keys: Uint32Array;
  private candidates: Uint8Array | undefined;
  private readonly shingles = new Map<number, Uint32Array>();

  /** @throws HomegrownError `bad-settings` for a threshold out of range */
  constructor(
    private readonly threshold = NEAR_JACCARD,
    seed = 0,
  ) {
    checkJaccard(threshold);
    this.rows = rowsFor(threshold);
    this.bands = Math.floor(HASHES / this.rows);
    // Odd factors, so that multiplication loses no bit.
    this.factors = Int32Array.from({ length: HASHES }, (_, i) => bits(seed, 'near-duplicate factor', 0, i) | 1);
    this.terms = Int32Array.from({ length: HASHES }, (_, i) => bits(seed, 'near-duplicate term', 0, i) | 0);
    this.keys = new Uint32Array(64 * this.bands);
  }

  /** @param shingles of `Shingler`: sorted and distinct */
  add(shingles: Uint32Array): void {
    const { min, rows, bands, factors, terms } = this;
    min.fill(2 ** 31 - 1);
    for (let at = 0; at < shingles.length; at++) {
      const shingle = shingles[at]!;
      for (let i = 0; i < HASHES; i++) {
        const hash = (Math.imul(factors[i]!, shingle) + terms[i]!) | 0;
        if (hash < min[i]!) min[i] = hash;
      }
    }
    if (this.keys.length < (this.length + 1) * bands) {
      const larger = new Uint32Array(2 * this.keys.length);
      larger.set(this.keys);
      this.keys = larger;
    }
    for (let band = 0; band < bands; band++) {
      let key = band;
      for (let row = 0; row < rows; row++) key = finalMix(Math.imul(key, 31) ^ min[band * rows + row]!);
      this.keys[this.length * bands + band] = key;
    }
    this.length++;
  }

  /** Whether the document shares a band with another one. */
  isCandidate(place: number): boolean {
    this.candidates ??= this.findCandidates();
    return this.candidates[place] === 1;
  }

  /** @param shingles of the candidate, equal to those that were added */
  verify(place: number, shingles: Uint32Array): void {
    this.shingles.set(place, shingles);
  }

  /** For each document, the place of the first document of its group. Groups join verified pairs. */
  groups(): Uint32Array {
    const sets = new DisjointSets(this.length);
    for (const bucket of this.buckets())
      for (let i = 1; i < bucket.length; i++)
        for (let j = Math.max(0, i - MAX_COMPARISONS); j < i; j++) {
          const [one, other] = [bucket[i]!, bucket[j]!];
          if (sets.firstOf(one) !== sets.firstOf(other) && this.areNear(one, other)) sets.join(one, other);
        }
    return sets.firsts();
  }

  private findCandidates(): Uint8Array {
    const candidates = new Uint8Array(this.length);
    for (const bucket of this.buckets()) for (const place of bucket) candidates[place] = 1;
    return candidates;
  }

  /** Yields the documents that share a band, in order. */
  private *buckets(): Generator<Uint32Array> {
    // A key in the upper 32 bits and a place in the lower ones sort as one number.
    const order = new BigUint64Array(this.length);
    const halves = new Uint32Array(order.buffer);
    for (let band = 0; band < this.bands; band++) {
      for (let place = 0; place < this.length; place++) {
        halves[2 * place] = place;
        halves[2 * place + 1] = this.keys[place * this.bands + band]!;
      }
      order.sort();
      for (let from = 0, to = 1; from < this.length; from = to++) {
        while (to < this.length && halves[2 * to + 1] === halves[2 * from + 1]) to++;
        if (to - from > 1) yield Uint32Array.from({ length: to - from }, (_, i) => halves[2 * (from + i)]!);
      }
    }
  }

  private areNear(one: number, other: number): boolean {
    const [a, b] = [this.shingles.get(one), this.shingles.get(other)];
    return a !== undefined && b !== undefined && jaccard(a, b) >= this.threshold;
  }
}

/** Jaccard similarity of two sorted sets. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  let [i, j, shared] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i]!, b[j]!];
    if (x === y) shared++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return a.length + b.length === 0 ? 1 : shared / (a.length + b.length - shared);
}

/** For each document, the place of its group's kept copy: the longest, and the earliest of equally long ones. */
export function keptCopies(groups: Uint32Array, lengths: ArrayLike<number>): Uint32Array {
  const kept = groups.slice();
  for (let place = 0; place < groups.length; place++) {
    const group = groups[place]!;
    if (lengths[place]! > lengths[kept[group]!]!) kept[group] = place;
  }
  return groups.map((group) => kept[group]!);
}
