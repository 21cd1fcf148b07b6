/**
 * Mean importance weight of a document, in nats: how much likelier its words and pairs are in the target than in all
 * documents (DSIR). The mean doesn't grow with length.
 *
 * Source: Xie et al. 2023, Data Selection for Language Models via Importance Resampling, with its smoothing of 1e-8
 */
import { leastOf } from '../measures';
import { BUCKETS, type NgramCounts } from './ngrams';

/** By bucket: log of its share in the target over its share in all documents. */
export function logRatios(target: BucketTotals, corpus: BucketTotals): Float64Array {
  const ratios = new Float64Array(BUCKETS);
  for (let i = 0; i < BUCKETS; i++)
    ratios[i] =
      Math.log(target.counts[i]! / Math.max(1, target.total) + SMOOTHING) -
      Math.log(corpus.counts[i]! / Math.max(1, corpus.total) + SMOOTHING);
  return ratios;
}
interface BucketTotals {
  counts: ArrayLike<number>;
  total: number;
}
const SMOOTHING = 1e-8;

/** Data of a document for its importance. */
interface DocumentCounts {
  hash: number;
  total: number;
  buckets: Uint16Array;
  counts: Uint32Array;
}
export const documentCounts = ({ hash, total, used, counts }: NgramCounts): DocumentCounts => ({
  hash: hash >>> 0,
  total,
  buckets: Uint16Array.from(used),
  counts: Uint32Array.from(used, (bucket) => counts[bucket]!),
});

/** Mean importance; 0 for a document without words. */
export function importance({ buckets, counts, total }: DocumentCounts, ratios: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < buckets.length; i++) sum += counts[i]! * ratios[buckets[i]!]!;
  return total === 0 ? 0 : sum / total;
}

/** Bucket counts over all documents of a text, and the data of as many documents as fit, selected by their hashes. */
export class Corpus {
  readonly counts = new Float64Array(BUCKETS);
  total = 0;
  private documents: DocumentCounts[] = [];
  private entries = 0;
  /** Upper bound of kept hashes, halved until the data fits; independent of the order of documents. */
  private hashLimit = 2 ** 32;
  /** @param maxEntries bucket entries kept for all documents together; 6 bytes each */
  constructor(private readonly maxEntries = 8_000_000) {}

  add(document: NgramCounts): void {
    for (const bucket of document.used) this.counts[bucket]! += document.counts[bucket]!;
    this.total += document.total;
    if (document.hash >>> 0 >= this.hashLimit) return;
    const entry = documentCounts(document);
    this.documents.push(entry);
    this.entries += entry.buckets.length;
    while (this.entries > this.maxEntries) {
      this.hashLimit /= 2;
      this.documents = this.documents.filter(({ hash }) => hash < this.hashLimit);
      this.entries = this.documents.reduce((sum, { buckets }) => sum + buckets.length, 0);
    }
  }

  /** Importance threshold that keeps the top `share`: exact while all documents fit, else estimated from those kept. */
  threshold(share: number, ratios: Float64Array): number {
    return leastOf(
      share,
      this.documents.map((document) => importance(document, ratios)),
    );
  }
}
