import { createSHA256 } from 'hash-wasm';

/** SHA-256 of a stream. One at a time holds one small WASM memory; `hex` ends it. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  hex(): string;
}

export async function sha256(): Promise<Sha256> {
  const hasher = await createSHA256();
  hasher.init();
  return {
    update: (bytes) => void hasher.update(bytes),
    hex: () => hasher.digest(),
  };
}

/** SHA-256 of bytes, or of a text's UTF-8, in lower-case hex. */
export async function sha256Hex(content: Uint8Array | string): Promise<string> {
  const hash = await sha256();
  hash.update(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  return hash.hex();
}
