import { type SavedSha256, type Sha256, sha256, sha256Hex } from '../base/hash';

/** Hash of a text or a file: its only document's hash, or the SHA-256 of all documents' hashes, one per line. */
export const hashOf = async (hashes: readonly string[]): Promise<string> =>
  hashes.length === 1 ? hashes[0]! : sha256Hex(hashes.join('\n'));

/** Computes `hashOf` incrementally. */
export class HashOfMany {
  private count = 0;
  private first = '';
  /** Hash of several; absent for up to one, which isn't hashed again. */
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

  /** Hash of all that were added; ends the hashing. */
  async hex(): Promise<string> {
    return this.lines ? this.lines.hex() : hashOf(this.count === 1 ? [this.first] : []);
  }

  /** State that `back` rolls back to. */
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
