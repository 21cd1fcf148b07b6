/** Arguments of an attention job, as the numbers that threads get. */

const ADDRESSES = [
  /** Matrices of queries, keys and values: the first head's first element. Bytes from row to row are among the sizes. */
  'q',
  'k',
  'v',
  /** [B] int32: keys of each sequence. */
  'lengths',
  /** [B Tq] int32: where in its row the document of each token ends. */
  'ends',
  /** [H, Tq, Tk] */
  'bias',
  /** [B H, Tq, Tk]: what dropout multiplies p by. */
  'kept',
  /** [B H, Tq, Tk]; a block uses its first Q K elements, from its first row on. */
  'p',
  /** [B Tq, H D]; backward its gradient. */
  'y',
  /** Backward: gradients, of the forms of what they are of. */
  'dq',
  'dk',
  'dv',
  'dBias',
  /** Of the first thread. */
  'scratch',
] as const;

const SIZES = [
  'B',
  'Tq',
  'Tk',
  /** Heads of queries, and of keys and values. */
  'H',
  'KV',
  /** Columns of a head. */
  'D',
  'causal',
  /** Keys that a query sees of those it would see; 0 for all. */
  'window',
  'rowOfQ',
  'rowOfKV',
  /** Bytes of a thread's scratch. */
  'scratchEach',
  /** Heads of keys of a task. */
  'each',
  /** Whether heads follow each other by head, then by sequence, as what is summed over sequences asks for. */
  'byHead',
] as const;

/** Addresses and bytes on the heap; the address of what is not there is 0. */
export type AttentionJob = Record<(typeof ADDRESSES)[number] | (typeof SIZES)[number], number> & {
  /** Of the scores. */
  scale: number;
};

/** A float64 takes the last two. */
export function numbersOf(job: AttentionJob): number[] {
  const scale = new Int32Array(Float64Array.of(job.scale).buffer);
  return [...ADDRESSES.map((name) => job[name]), ...SIZES.map((name) => job[name]), ...scale];
}

export function jobOf(numbers: Int32Array): AttentionJob {
  const job = {} as AttentionJob;
  // Addresses beyond 2^31 come as negative numbers.
  ADDRESSES.forEach((name, i) => (job[name] = numbers[i]! >>> 0));
  SIZES.forEach((name, i) => (job[name] = numbers[ADDRESSES.length + i]!));
  const first = ADDRESSES.length + SIZES.length;
  job.scale = new Float64Array(numbers.slice(first, first + 2).buffer)[0]!;
  return job;
}
