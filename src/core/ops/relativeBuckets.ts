/** Distances in buckets: near ones have one each, far ones share one with those of about the same size. */

export interface Buckets {
  /** How many. */
  buckets: number;
  /** From here on, all distances share the last one. */
  maxDistance: number;
  /** Keys after the query have buckets of their own, the upper half; else they are in the first, with its own place. */
  bidirectional: boolean;
}

/** Of a key that is `relative` places after its query. */
export function bucketOf(relative: number, { bidirectional, ...sizes }: Buckets): number {
  if (!bidirectional) return bucketOfDistance(Math.max(-relative, 0), sizes);
  const half = sizes.buckets / 2;
  return bucketOfDistance(Math.abs(relative), { ...sizes, buckets: half }) + (relative > 0 ? half : 0);
}
function bucketOfDistance(distance: number, { buckets, maxDistance }: Omit<Buckets, 'bidirectional'>): number {
  const near = Math.floor(buckets / 2); // have a bucket each
  if (distance < near) return distance;
  const far = (Math.log(distance / near) / Math.log(maxDistance / near)) * (buckets - near);
  return Math.min(near + Math.trunc(far), buckets - 1);
}

/** The first and the last relative place of each bucket, at most `farthest` either way; first > last where it has none. */
export function rangesOf(settings: Buckets, farthest: number): readonly { first: number; last: number }[] {
  const ranges = Array.from({ length: settings.buckets }, () => ({ first: 1, last: 0 }));
  for (let relative = -farthest; relative <= farthest; relative++) {
    const range = ranges[bucketOf(relative, settings)]!;
    if (range.first > range.last) range.first = relative;
    range.last = relative;
  }
  return ranges;
}
