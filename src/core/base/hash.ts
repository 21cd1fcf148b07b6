import { createSHA256, type IHasher } from 'hash-wasm';

/** SHA-256 of a stream. One at a time holds one small WASM memory; `hex` ends it. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  hex(): string;
  /** How far it is, to be gone back to. */
  save(): SavedSha256;
  load(saved: SavedSha256): void;
}
/** What the one who saved it can load. */
export type SavedSha256 = object;

/** Of what is long, or may be. */
export const sha256 = async (): Promise<Sha256> => make();

/** Of a platform that has one of its own for streams, which takes a third of the time: browsers have none. */
export const hashBy = (own: () => Sha256): void => {
  make = own;
};
let make: () => Sha256 | Promise<Sha256> = wasmSha256;

/** Making one takes longer than hashing a page of text, so those that ended are used again. */
const free: IHasher[] = [];

/** Of what is short: one of a platform's own takes longer to be made. */
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

/** SHA-256 of bytes, or of a text's UTF-8, in lower-case hex. */
export async function sha256Hex(content: Uint8Array | string): Promise<string> {
  const hash = await wasmSha256();
  hash.update(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  return hash.hex();
}
