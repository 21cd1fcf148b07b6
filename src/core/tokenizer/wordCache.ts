/** Ids of words that were met before: most of a text is words of which it has others. */
export class WordCache {
  private readonly known = new Map<string, Uint32Array>();

  get(word: string): Uint32Array | undefined {
    return this.known.get(word);
  }

  /** @returns `ids` */
  keep(word: string, ids: Uint32Array, bytes = encoder.encode(word)): Uint32Array {
    if (word.length > LONGEST) return ids;
    if (this.known.size >= MOST) this.known.clear();
    // A slice would keep its whole chunk alive.
    this.known.set(decoder.decode(bytes), ids);
    return ids;
  }
}

/** Code units. */
const LONGEST = 64;
const MOST = 100_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
