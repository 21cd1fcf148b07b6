/** Arguments of an attention job, encoded as 32-bit numbers for threads. */

const ADDRESSES = [
  /** Addresses of the first head's first element in queries, keys and values; the sizes include their row strides. */
  'q',
  'k',
  'v',
  /** [B] int32: keys of each sequence. */
  'lengths',
  /** [B Tq] int32: end of each token's document in its row. */
  'ends',
  /** [H, Tq, Tk] */
  'bias',
  /** [B H, Tq, Tk]: dropout factors of p. */
  'kept',
  /** [B H, Tq, Tk]; a block uses its first Q K elements, from its first row on. */
  'p',
  /** [B Tq, H D]; in the backward pass, its gradient. */
  'y',
  /** Backward pass: gradients, with the shape of their tensors. */
  'dq',
  'dk',
  'dv',
  'dBias',
  /** Scratch of the first thread. */
  'scratch',
] as const;

const SIZES = [
  'B',
  'Tq',
  'Tk',
  /** Number of query heads, and of key-value heads. */
  'H',
  'KV',
  /** Columns of a head. */
  'D',
  'causal',
  /** Number of keys that a query sees at most; 0 for no limit. */
  'window',
  'rowOfQ',
  'rowOfKV',
  /** Scratch bytes per thread. */
  'scratchEach',
  /** Key heads per task. */
  'each',
  /** Whether heads are ordered by head, then by sequence, as sums over sequences require. */
  'byHead',
] as const;

/** Addresses and bytes on the heap; 0 is the address of an absent matrix. */
export type AttentionJob = Record<(typeof ADDRESSES)[number] | (typeof SIZES)[number], number> & {
  /** Scale of the scores. */
  scale: number;
};

/** Encodes a job; the float64 scale takes the last two numbers. */
export function numbersOf(job: AttentionJob): number[] {
  const scale = new Int32Array(Float64Array.of(job.scale).buffer);
  return [...ADDRESSES.map((name) => job[name]), ...SIZES.map((name) => job[name]), ...scale];
}

export function jobOf(numbers: Int32Array): AttentionJob {
  const job = {} as AttentionJob;
  // Addresses beyond 2^31 arrive as negative numbers.
  ADDRESSES.forEach((name, i) => (job[name] = numbers[i]! >>> 0));
  SIZES.forEach((name, i) => (job[name] = numbers[ADDRESSES.length + i]!));
  const first = ADDRESSES.length + SIZES.length;
  job.scale = new Float64Array(numbers.slice(first, first + 2).buffer)[0]!;
  return job;
}
