/** Slots per row: a table that is 60 % full has short probes. */
const SLOTS_PER_ROW = 1.6;

/**
 * A hash table of rows of two values in groups, with linear probing within the group. Each group has its slots next to each other,
 * so that work on one group at a time stays in the cache of the processor. The capacity of a group is fixed: tables never grow.
 */
export class GroupTable {
  /** Where the slots of each group begin, [groups + 1]. */
  readonly starts: Uint32Array;
  /** Two words per slot: first value + 1, second value. The first word of a free slot is 0. */
  private readonly keys: Uint32Array;

  /** @param capacities the most rows that each group can have, [groups] */
  constructor(capacities: Uint32Array) {
    this.starts = new Uint32Array(capacities.length + 1);
    for (let group = 0; group < capacities.length; group++) {
      const rows = capacities[group]!;
      this.starts[group + 1] = this.starts[group]! + (rows === 0 ? 0 : Math.ceil(rows * SLOTS_PER_ROW) + 1);
    }
    this.keys = new Uint32Array(2 * this.slots);
  }

  get slots(): number {
    return this.starts[this.starts.length - 1]!;
  }

  /** The slot of a row, negative if the group does not have it. */
  find(group: number, first: number, second = 0): number {
    const slot = this.probe(group, first, second);
    return slot < 0 || this.keys[2 * slot] === 0 ? -1 : slot;
  }

  /** The slot of a row, which gets one if it is new. */
  add(group: number, first: number, second = 0): number {
    const slot = this.probe(group, first, second);
    this.keys[2 * slot] = first + 1;
    this.keys[2 * slot + 1] = second;
    return slot;
  }

  first = (slot: number): number => this.keys[2 * slot]! - 1;
  second = (slot: number): number => this.keys[2 * slot + 1]!;

  /** The slot of a row, or the free one for it; -1 if the group has no slots. */
  private probe(group: number, first: number, second: number): number {
    const { keys, starts } = this;
    const [from, end] = [starts[group]!, starts[group + 1]!];
    if (from === end) return -1;
    let hash = Math.imul(first + 1, 0x9e3779b1) ^ Math.imul(second + 1, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = from + Math.floor(((hash ^ (hash >>> 13)) >>> 0) * ((end - from) / 2 ** 32));
    for (;;) {
      const key = keys[2 * slot]!;
      if (key === 0 || (key === first + 1 && keys[2 * slot + 1] === second)) return slot;
      if (++slot === end) slot = from;
    }
  }
}
