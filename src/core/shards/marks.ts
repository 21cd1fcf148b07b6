/** Loss mask of a part, one bit per token, lowest bit first. */
export class Marks {
  private bits = new Uint8Array(1024);
  /** @param before number of first tokens, all covered by the loss */
  constructor(before: number) {
    this.add(0, before);
  }

  /** Marks the tokens from `from` up to, but not including, `to`. */
  add(from: number, to: number): void {
    while (8 * this.bits.length < to) {
      const larger = new Uint8Array(2 * this.bits.length);
      larger.set(this.bits);
      this.bits = larger;
    }
    for (let at = from; at < to; at++) this.bits[at >> 3]! |= 1 << (at & 7);
  }

  /** Mask of the first `tokens` tokens, as bytes. */
  bytes(tokens: number): Uint8Array {
    const own = Math.ceil(tokens / 8);
    const all = new Uint8Array(own);
    all.set(this.bits.subarray(0, own));
    return all;
  }
}

/** Unpacks a mask: [length] 1 for each token that the loss covers, else 0. */
export const marksOf = (bits: Uint8Array, start: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (bits[(start + i) >> 3]! >> ((start + i) & 7)) & 1);
