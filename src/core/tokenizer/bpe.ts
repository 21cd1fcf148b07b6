import { type Documents, totalOf } from '../base/document';
import { yieldToEventLoop, type Job } from '../base/job';
import { countCharacters } from '../base/utf8';
import { ID_OF_BYTE } from './alphabet';
import { Heap } from './heap';
import { PairTable } from './pairTable';
import { preTokens } from './split';
import type { TokenizerModel } from './tokenizer';

/**
 * Trains byte-level BPE (Sennrich et al. 2016, arXiv:1508.07909) over GPT-2's bytes and split. Merges the most frequent
 * adjacent pair into a token, until there are `max` merges or no pair occurs twice. Equally frequent pairs are ordered
 * by ids, left before right.
 */
export async function learnBpe(max: number, documents: Documents, job: Job): Promise<TokenizerModel['merges']> {
  const words = spelled(await countWords(documents, job));
  const pairs = new Pairs();
  await work(words.count, job, (w) => {
    const [start, end] = [words.start[w]!, words.end[w]!];
    for (let i = start; i + 1 < end; i++) pairs.add(words.ids[i]!, words.ids[i + 1]!, words.times[w]!, w);
    return end - start;
  });
  pairs.offerNew();

  const merges: [number, number][] = [];
  for (let effort = 0; merges.length < max;) {
    const pair = pairs.mostFrequent();
    if (pair === undefined) break;
    const [left, right] = [pairs.table.left[pair]!, pairs.table.right[pair]!];
    const made = 256 + merges.length;
    merges.push([left, right]);
    for (const w of pairs.words[pair]!) effort += mergeInWord(words, w, left, right, made, pairs);
    pairs.retire(pair);
    pairs.offerNew();
    effort += EFFORT_OF_A_MERGE;
    if (effort > EFFORT_OF_A_TURN || merges.length === max) {
      effort = 0;
      job.report({ label: 'Learning merges', done: merges.length, of: max, unit: 'merges' });
      await yieldToEventLoop();
      job.signal.throwIfAborted();
    }
  }
  return merges;
}

/** Number of ids processed between two turns of the event loop: about 10 ms. */
const EFFORT_OF_A_TURN = 500_000;
const EFFORT_OF_A_MERGE = 2_000;

/** Runs `step` for 0..n-1, and yields to the event loop. `step` returns the number of ids it processed. */
async function work(n: number, { signal }: Job, step: (i: number) => number): Promise<void> {
  let effort = 0;
  for (let i = 0; i < n; i++) {
    effort += step(i);
    if (effort < EFFORT_OF_A_TURN) continue;
    effort = 0;
    await yieldToEventLoop();
    signal.throwIfAborted();
  }
}

/** Pre-token -> occurrences. */
async function countWords(documents: Documents, job: Job): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder('utf-8', { ignoreBOM: true })];
  let done = 0;
  const of = await totalOf(documents, 'characters');
  for await (const document of documents) {
    for await (const batch of preTokens(document.chunks(), job)) {
      for (const word of batch) {
        done += countCharacters(word);
        const count = counts.get(word);
        // Copies a new word, because a slice would keep its whole chunk alive.
        if (count === undefined) counts.set(decoder.decode(encoder.encode(word)), 1);
        else counts.set(word, count + 1);
      }
      if (counts.size > MAX_CACHED_WORDS) dropRarest(counts);
      job.report({ label: 'Counting words', done, of, unit: 'characters' });
    }
  }
  return counts;
}

/** Bounds memory for gigabytes of text: beyond this size, drops the rarest words so far. */
const MAX_CACHED_WORDS = 2_000_000;
function dropRarest(counts: Map<string, number>): void {
  for (let min = 1; counts.size > MAX_CACHED_WORDS / 2; min *= 2) {
    for (const [word, count] of counts) if (count <= min) counts.delete(word);
  }
}

/** Distinct pre-tokens: word w is ids[start[w]..end[w]) and occurs times[w] times. Merging shortens it in place. */
interface Words {
  count: number;
  ids: Int32Array;
  start: Int32Array;
  end: Int32Array;
  times: Float64Array;
}
function spelled(counts: ReadonlyMap<string, number>): Words {
  const encoder = new TextEncoder();
  const [start, end] = [new Int32Array(counts.size), new Int32Array(counts.size)];
  const times = Float64Array.from(counts.values());
  let ids = new Int32Array(1 << 16);
  let [w, length] = [0, 0];
  for (const word of counts.keys()) {
    const bytes = encoder.encode(word);
    if (length + bytes.length > ids.length) {
      const longer = new Int32Array(2 * (length + bytes.length));
      longer.set(ids);
      ids = longer;
    }
    start[w] = length;
    for (const byte of bytes) ids[length++] = ID_OF_BYTE[byte]!;
    end[w++] = length;
  }
  return { count: counts.size, ids, start, end, times };
}

/** Counts of each adjacent pair, and the words that have it. */
class Pairs {
  readonly table = new PairTable();
  /** [pair] -> occurrences. */
  private readonly counts: number[] = [];
  /** [pair] -> words that it has occurred in; some no longer contain it. */
  readonly words: number[][] = [];
  /** First pair that was never offered. */
  private fresh = 0;
  private readonly heap = new Heap<Offer>(
    (a, b) =>
      a.count > b.count ||
      (a.count === b.count &&
        (this.table.left[a.pair]! - this.table.left[b.pair]! || this.table.right[a.pair]! - this.table.right[b.pair]!) <
          0),
  );

  add(left: number, right: number, times: number, word: number): void {
    const pair = this.table.findOrAdd(left, right);
    if (pair === this.counts.length) {
      this.counts.push(0);
      this.words.push([]);
    }
    this.counts[pair]! += times;
    const words = this.words[pair]!;
    if (words.at(-1) !== word) words.push(word);
  }

  take(left: number, right: number, times: number): void {
    this.counts[this.table.find(left, right)]! -= times;
  }

  /** Adds new pairs to the heap. A pair's count only grows during the merge that makes its newer id. */
  offerNew(): void {
    for (; this.fresh < this.counts.length; this.fresh++) this.offer(this.fresh);
  }

  /** Most frequent pair that occurs more than once. Renews outdated offers, which are upper bounds. */
  mostFrequent(): number | undefined {
    for (let top = this.heap.pop(); top; top = this.heap.pop()) {
      if (this.counts[top.pair] === top.count) return top.pair;
      this.offer(top.pair);
    }
    return undefined;
  }

  retire(pair: number): void {
    this.counts[pair] = 0;
    this.words[pair] = [];
  }

  private offer(pair: number): void {
    const count = this.counts[pair]!;
    if (count > 1) this.heap.push({ pair, count });
  }
}
interface Offer {
  pair: number;
  count: number;
}

/** Replaces `left right` by `made` in word w, and updates pair counts. Returns the number of ids processed. */
function mergeInWord(words: Words, w: number, left: number, right: number, made: number, pairs: Pairs): number {
  const { ids, start, end, times } = words;
  const [first, last] = [start[w]!, end[w]!];
  const n = times[w]!;
  let write = first;
  for (let read = first; read < last;) {
    if (ids[read] !== left || read + 1 >= last || ids[read + 1] !== right) {
      ids[write++] = ids[read++]!;
      continue;
    }
    if (write > first) {
      const before = ids[write - 1]!;
      pairs.take(before, left, n);
      pairs.add(before, made, n, w);
    }
    if (read + 2 < last) {
      const after = ids[read + 2]!;
      pairs.take(right, after, n);
      pairs.add(made, after, n, w);
    }
    ids[write++] = made;
    read += 2;
  }
  end[w] = write;
  return last - first;
}
