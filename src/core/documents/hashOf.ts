import { sha256Hex } from '../base/hash';

/** Of a text or a file, by the hashes of its documents. */
export const hashOf = async (hashes: readonly string[]): Promise<string> =>
  hashes.length === 1 ? hashes[0]! : sha256Hex(hashes.join('\n'));
