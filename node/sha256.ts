/** Node's SHA-256, three times as fast as WASM because it uses the processor's instructions. */
import { createHash, type Hash } from 'node:crypto';
import { hashBy, type Sha256 } from '../src/core/base/hash';

hashBy(nodeSha256);

export function nodeSha256(): Sha256 {
  let hash = createHash('sha256');
  let hex: string | undefined;
  return {
    update: (bytes) => void hash.update(bytes),
    save: () => hash.copy(),
    load(saved) {
      hash = (saved as Hash).copy();
    },
    hex: () => (hex ??= hash.digest('hex')),
  };
}
