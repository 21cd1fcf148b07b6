import { Heap } from './heap';
import type { PairTable } from './pairTable';

/**
 * BPE of one pre-token: merges the pair of lowest rank, leftmost first, until no pair has a rank.
 * @param ids bytes, or ids after some of the merges; may be changed
 * @param ranks pair i is merge i
 * @param made [merge] -> resulting id
 */
export const merge = (ids: Uint32Array, ranks: PairTable, made: Uint32Array): Uint32Array =>
  ids.length < 2 ? ids : ids.length <= SHORT ? mergeShort(ids, ranks, made) : mergeLong(ids, ranks, made);
/** Ids of merges in our order: merge i makes id 256 + i. */
export const madeInOrder = (merges: number): Uint32Array => Uint32Array.from({ length: merges }, (_, i) => 256 + i);

/** Maximum length for which rescanning all pairs is faster than a heap. */
const SHORT = 24;

function mergeShort(ids: Uint32Array, ranks: PairTable, made: Uint32Array): Uint32Array {
  let n = ids.length;
  for (;;) {
    let [lowest, at] = [Infinity, -1];
    for (let i = 0; i < n - 1; i++) {
      const rank = ranks.find(ids[i]!, ids[i + 1]!);
      if (rank < 0 || rank >= lowest) continue;
      lowest = rank;
      at = i;
    }
    if (at < 0) return n === ids.length ? ids : ids.slice(0, n);
    ids[at] = made[lowest]!;
    ids.copyWithin(at + 1, at + 2, n);
    n -= 1;
  }
}

/**
 * Merges in O(n log n) with a linked list of ids, and a heap of candidates `rank * 2^18 + position`. A pre-token has
 * fewer than 2^18 bytes.
 */
function mergeLong(ids: Uint32Array, ranks: PairTable, made: Uint32Array): Uint32Array {
  const n = ids.length;
  const next = Int32Array.from(ids, (_, i) => i + 1);
  const previous = Int32Array.from(ids, (_, i) => i - 1);
  const candidates = new Heap<number>((a, b) => a < b);
  const offer = (at: number): void => {
    if (at < 0 || next[at]! >= n) return;
    const rank = ranks.find(ids[at]!, ids[next[at]!]!);
    if (rank >= 0) candidates.push(rank * POSITIONS + at);
  };
  for (let at = 0; at < n - 1; at++) offer(at);
  for (let top = candidates.pop(); top !== undefined; top = candidates.pop()) {
    const rank = Math.floor(top / POSITIONS);
    const at = top - rank * POSITIONS;
    const other = next[at]!;
    // Skips a pair if one of its ids was merged since.
    if (other >= n || other < 0 || ids[at] !== ranks.left[rank] || ids[other] !== ranks.right[rank]) continue;
    ids[at] = made[rank]!;
    const after = next[other]!;
    next[at] = after;
    if (after < n) previous[after] = at;
    next[other] = GONE;
    offer(previous[at]!);
    offer(at);
  }
  let length = 0;
  for (let at = 0; at < n; at = next[at]!) ids[length++] = ids[at]!;
  return ids.slice(0, length);
}
const POSITIONS = 2 ** 18;
const GONE = -1;
