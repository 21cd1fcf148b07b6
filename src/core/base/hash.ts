import { createSHA256, type IHasher } from 'hash-wasm';

/** SHA-256 of a stream. Each open hash holds a small WASM memory; `hex` ends it. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  hex(): string;
  /** Saves the state, so that `load` can return to it. */
  save(): SavedSha256;
  load(saved: SavedSha256): void;
}
/** Opaque state, which only the hash that saved it can load. */
export type SavedSha256 = object;

/** Hash for long or unbounded content. */
export const sha256 = async (): Promise<Sha256> => make();

/** Sets a platform's own streaming hash, which takes a third of the time. Browsers have none. */
export const hashBy = (own: () => Sha256): void => {
  make = own;
};
let make: () => Sha256 | Promise<Sha256> = wasmSha256;

/** Finished hashers, for reuse: creating one takes longer than hashing a page of text. */
const free: IHasher[] = [];

/** Hash for short content: a platform's own takes longer to create. */
export async function wasmSha256(): Promise<Sha256> {
  const hasher = free.pop() ?? (await createSHA256());
  hasher.init();
  let hex: string | undefined;
  return {
    update: (bytes) => void hasher.update(bytes),
    save: () => hasher.save(),
    load: (saved) => void hasher.load(saved as Uint8Array),
    hex() {
      if (hex === undefined) {
        hex = hasher.digest();
        free.push(hasher);
      }
      return hex;
    },
  };
}

/** SHA-256 of bytes, or of a text's UTF-8, in lowercase hex. */
export async function sha256Hex(content: Uint8Array | string): Promise<string> {
  const hash = await wasmSha256();
  hash.update(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  return hash.hex();
}
