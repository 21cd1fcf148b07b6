import { type SavedSha256, type Sha256, sha256, sha256Hex } from '../base/hash';

/** Of a text or a file, by the hashes of its documents. */
export const hashOf = async (hashes: readonly string[]): Promise<string> =>
  hashes.length === 1 ? hashes[0]! : sha256Hex(hashes.join('\n'));

/** The same, of hashes that come one after another. */
export class HashOfMany {
  private count = 0;
  private first = '';
  /** Of several: of one there is nothing to be hashed. */
  private lines?: Sha256;

  async add(hash: string): Promise<void> {
    if (this.count++ === 0) {
      this.first = hash;
      return;
    }
    if (!this.lines) {
      this.lines = await sha256();
      this.lines.update(encoder.encode(this.first));
    }
    this.lines.update(encoder.encode(`\n${hash}`));
  }

  /** Of all that came; it ends it. */
  async hex(): Promise<string> {
    return this.lines ? this.lines.hex() : hashOf(this.count === 1 ? [this.first] : []);
  }

  /** What came since can be taken back. */
  mark(): HashMark {
    return { count: this.count, first: this.first, lines: this.lines?.save() };
  }
  back({ count, first, lines }: HashMark): void {
    [this.count, this.first] = [count, first];
    if (lines) this.lines!.load(lines);
    else delete this.lines;
  }
}
interface HashMark {
  readonly count: number;
  readonly first: string;
  readonly lines: SavedSha256 | undefined;
}
const encoder = new TextEncoder();
