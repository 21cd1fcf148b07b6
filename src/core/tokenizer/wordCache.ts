/**
 * Caches the ids of words, since most words of a text repeat. A hash table of code units (open addressing), which looks
 * up a word in place, without slicing.
 */
export class WordCache {
  /** Word + 1, or 0 for a free slot. */
  private slots = new Int32Array(1024);
  /** Concatenated code units of all words; word w has those from starts[w] to starts[w + 1]. */
  private units = new Uint16Array(8192);
  private starts = [0];
  private ids: Uint32Array[] = [];

  get(text: string, start = 0, end = text.length): Uint32Array | undefined {
    const word = this.slots[this.slotOf(text, start, end)]! - 1;
    return word < 0 ? undefined : this.ids[word];
  }

  /** Adds a word that is not in the cache. @returns `ids` */
  keep(ids: Uint32Array, text: string, start = 0, end = text.length): Uint32Array {
    if (end - start > MAX_LENGTH) return ids;
    if (this.ids.length >= MAX) this.clear();
    const from = this.starts.at(-1)!;
    const to = from + end - start;
    if (to > this.units.length) {
      const units = new Uint16Array(2 * this.units.length);
      units.set(this.units);
      this.units = units;
    }
    for (let i = from; i < to; i++) this.units[i] = text.charCodeAt(start + i - from);
    this.starts.push(to);
    this.ids.push(ids);
    this.slots[this.slotOf(text, start, end)] = this.ids.length;
    if (2 * this.ids.length > this.slots.length) this.grow();
    return ids;
  }

  /** Slot of the word, or the free slot for it. */
  private slotOf(text: string, start: number, end: number): number {
    const { slots, starts, units } = this;
    const mask = slots.length - 1;
    let hash = 0;
    for (let i = start; i < end; i++) hash = mixed(hash, text.charCodeAt(i));
    let slot = spread(hash) & mask;
    for (let word = slots[slot]!; word !== 0; word = slots[slot]!) {
      const from = starts[word - 1]!;
      if (starts[word]! - from === end - start) {
        let at = start;
        while (at < end && units[from + at - start] === text.charCodeAt(at)) at++;
        if (at === end) break;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const { starts, units } = this;
    const slots = new Int32Array(2 * this.slots.length);
    const mask = slots.length - 1;
    for (let word = 0; word < this.ids.length; word++) {
      let hash = 0;
      for (let i = starts[word]!; i < starts[word + 1]!; i++) hash = mixed(hash, units[i]!);
      let slot = spread(hash) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = word + 1;
    }
    this.slots = slots;
  }

  private clear(): void {
    this.slots.fill(0);
    this.starts = [0];
    this.ids = [];
  }
}

/** FNV-1a over code units. */
const mixed = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);
const spread = (hash: number): number => hash ^ (hash >>> 15);

/** Maximum code units of a cached word. */
const MAX_LENGTH = 64;
const MAX = 100_000;
