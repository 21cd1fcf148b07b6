/**
 * The hash that a file carries of its tensors, so that a bit that flips in it is noticed when it is opened: SHA-256 over
 * their bytes as the file has them, in its order, in hex. Only what happens to a file by itself is found so; whoever changes
 * the tensors can change the hash. As it stands before them, they are gone through twice when a file is written.
 */
import { badFile, type HomegrownError } from '../base/errors';
import { sha256 } from '../base/hash';
import { yieldToEventLoop } from '../base/job';

/** The name under which it stands: in the metadata of safetensors and ONNX, among the keys of GGUF. */
export const TENSORS_SHA256 = 'homegrown.tensors.sha256';

/** As long as a hash, for headers whose size has to be known before their tensors were hashed. */
export const NO_HASH = '0'.repeat(64);

export async function hashTensors(pieces: Iterable<Uint8Array>): Promise<string> {
  const hash = await sha256();
  for (const piece of pieces) {
    hash.update(piece);
    await yieldToEventLoop();
  }
  return hash.hex();
}

/** `file` names it in the message. */
export const hashDiffers = (file: string, written: string, found: string): HomegrownError =>
  badFile(
    `${file}: its tensors hash to ${beginning(found)}, and those that were written to ${beginning(written)}`,
    'The file has changed since it was written: copy or download it again. The model that it was written from is untouched.',
  );
const beginning = (hash: string): string => `${hash.slice(0, 12).replace(/[^0-9a-f]/g, '?')}…`;
