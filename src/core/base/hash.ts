import { createSHA256, type IHasher } from 'hash-wasm';

/** SHA-256 of a stream. One at a time holds one small WASM memory; `hex` ends it. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  hex(): string;
  /** How far it is, to be gone back to. */
  save(): Uint8Array;
  load(saved: Uint8Array): void;
}

/** Making one takes longer than hashing a page of text, so those that ended are used again. */
const free: IHasher[] = [];

export async function sha256(): Promise<Sha256> {
  const hasher = free.pop() ?? (await createSHA256());
  hasher.init();
  let hex: string | undefined;
  return {
    update: (bytes) => void hasher.update(bytes),
    save: () => hasher.save(),
    load: (saved) => void hasher.load(saved),
    hex() {
      if (hex === undefined) {
        hex = hasher.digest();
        free.push(hasher);
      }
      return hex;
    },
  };
}

/** SHA-256 of bytes, or of a text's UTF-8, in lower-case hex. */
export async function sha256Hex(content: Uint8Array | string): Promise<string> {
  const hash = await sha256();
  hash.update(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  return hash.hex();
}
