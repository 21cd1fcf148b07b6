/** Buckets of distances: short ones have one each, long ones share one with similar distances. */

export interface Buckets {
  /** Number of buckets. */
  buckets: number;
  /** Distance from which on all share the last bucket. */
  maxDistance: number;
  /** Whether later keys use the upper half of the buckets; otherwise they use bucket 0, as the query's own position. */
  bidirectional: boolean;
}

/** Returns the bucket of a key that is `relative` positions after its query. */
export function bucketOf(relative: number, { bidirectional, ...sizes }: Buckets): number {
  if (!bidirectional) return bucketOfDistance(Math.max(-relative, 0), sizes);
  const half = sizes.buckets / 2;
  return bucketOfDistance(Math.abs(relative), { ...sizes, buckets: half }) + (relative > 0 ? half : 0);
}
function bucketOfDistance(distance: number, { buckets, maxDistance }: Omit<Buckets, 'bidirectional'>): number {
  const near = Math.floor(buckets / 2); // one bucket each
  if (distance < near) return distance;
  const far = (Math.log(distance / near) / Math.log(maxDistance / near)) * (buckets - near);
  return Math.min(near + Math.trunc(far), buckets - 1);
}

/** First and last relative position of each bucket, at most `farthest` either way; first > last if it is empty. */
export function rangesOf(settings: Buckets, farthest: number): readonly { first: number; last: number }[] {
  const ranges = Array.from({ length: settings.buckets }, () => ({ first: 1, last: 0 }));
  for (let relative = -farthest; relative <= farthest; relative++) {
    const range = ranges[bucketOf(relative, settings)]!;
    if (range.first > range.last) range.first = relative;
    range.last = relative;
  }
  return ranges;
}
