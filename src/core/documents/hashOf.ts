import { type SavedSha256, type Sha256, sha256, sha256Hex } from '../base/hash';

/** Hash of a text or a file: its only document's hash, or the SHA-256 of all documents' hashes, one per line. */
export const hashOf = async (hashes: readonly string[]): Promise<string> =>
  hashes.length === 1 ? hashes[0]! : sha256Hex(hashes.join('\n'));

/** Computes `hashOf` incrementally. */
export class HashOfMany {
  private count = 0;
  private first = '';
  /** Hash of several; absent for up to one, which isn't hashed again. */
  private sha256?: Sha256;

  async add(hash: string): Promise<void> {
    if (this.count++ === 0) {
      this.first = hash;
      return;
    }
    if (!this.sha256) {
      this.sha256 = await sha256();
      this.sha256.update(encoder.encode(this.first));
    }
    this.sha256.update(encoder.encode(`\n${hash}`));
  }

  /** Hash of all that were added; ends the hashing. */
  async hex(): Promise<string> {
    return this.sha256 ? this.sha256.hex() : hashOf(this.count === 1 ? [this.first] : []);
  }

  /** State that `rollBack` restores. */
  mark(): HashMark {
    return { count: this.count, first: this.first, saved: this.sha256?.save() };
  }
  rollBack({ count, first, saved }: HashMark): void {
    [this.count, this.first] = [count, first];
    if (saved) this.sha256!.load(saved);
    else delete this.sha256;
  }
}
interface HashMark {
  readonly count: number;
  readonly first: string;
  readonly saved: SavedSha256 | undefined;
}
const encoder = new TextEncoder();
