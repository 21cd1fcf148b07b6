/** Numbers distinct pairs of ids in order of insertion: a hash table without boxed values (open addressing). */
export class PairTable {
  /** [pair] -> ids. */
  readonly left: number[] = [];
  readonly right: number[] = [];
  /** Pair + 1, or 0 for a free slot. */
  private slots = new Int32Array(1024);

  get size(): number {
    return this.left.length;
  }

  /** Number of the pair, or -1. */
  find(left: number, right: number): number {
    return this.slots[this.slotOf(left, right)]! - 1;
  }

  findOrAdd(left: number, right: number): number {
    const slot = this.slotOf(left, right);
    const found = this.slots[slot]!;
    if (found !== 0) return found - 1;
    this.left.push(left);
    this.right.push(right);
    this.slots[slot] = this.size;
    if (2 * this.size > this.slots.length) this.grow();
    return this.size - 1;
  }

  private slotOf(left: number, right: number): number {
    const mask = this.slots.length - 1;
    let slot = hash(left, right) & mask;
    for (let pair = this.slots[slot]!; pair !== 0; pair = this.slots[slot]!) {
      if (this.left[pair - 1] === left && this.right[pair - 1] === right) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    this.slots = new Int32Array(2 * this.slots.length);
    for (let pair = 0; pair < this.size; pair++) {
      this.slots[this.slotOf(this.left[pair]!, this.right[pair]!)] = pair + 1;
    }
  }
}

function hash(left: number, right: number): number {
  const mixed = Math.imul(left ^ Math.imul(right, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
