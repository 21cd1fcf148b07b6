/**
 * The hash that a file carries of its tensors, so that a bit that flips in it is noticed when it is opened: SHA-256 over
 * their bytes as the file has them, in its order, in hex. Only what happens to a file by itself is found so; whoever changes
 * the tensors can change the hash. As it stands before them, they are gone through twice when a file is written.
 */
import { badFile, type HomegrownError } from '../base/errors';
import { sha256 } from '../base/hash';
import { type Job, yieldToEventLoop } from '../base/job';
import { type ByteSource, readExactly } from '../files/byteSource';

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

/**
 * Of the tensors of a file, which are all from `start` on.
 * @param file names it in messages
 * @param written the hash that it carries; absent: there is nothing to check by
 * @throws HomegrownError `bad-file` where it is another
 */
export async function checkHash(
  source: ByteSource,
  file: string,
  start: number,
  written: string | undefined,
  fail: (reason: string) => Error,
  { signal, report }: Job,
): Promise<void> {
  if (written === undefined) return;
  const hash = await sha256();
  const of = source.size - start;
  for (let at = 0; at < of; at += PIECE) {
    signal.throwIfAborted();
    report({ label: `Checking ${file}`, done: at, of, unit: 'bytes' });
    hash.update(await readExactly(source, start + at, Math.min(PIECE, of - at), fail));
    await yieldToEventLoop();
  }
  const found = hash.hex();
  if (found !== written) throw hashDiffers(file, written, found);
}
/** Bytes that are read at a time. */
const PIECE = 1 << 20;

const hashDiffers = (file: string, written: string, found: string): HomegrownError =>
  badFile(
    `${file}: its tensors have the hash ${beginning(found)}, not ${beginning(written)}`,
    'The file has changed since its export: copy or download it again. The original model is safe.',
  );
const beginning = (hash: string): string => `${hash.slice(0, 12).replace(/[^0-9a-f]/g, '?')}…`;
