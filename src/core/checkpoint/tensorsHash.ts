/**
 * Hash of a file's tensors, which detects flipped bits when the file is opened: SHA-256 in hex over their bytes in the
 * file's order. Detects accidental damage only, because whoever changes the tensors can change the hash. The hash comes
 * before the tensors, so writing a file passes over them twice.
 */
import { badFile, type HomegrownError } from '../base/errors';
import { sha256 } from '../base/hash';
import { type Job, yieldToEventLoop } from '../base/job';
import { type ByteSource, readExactly } from '../files/byteSource';

/** Name of the hash in the metadata of safetensors and ONNX, and among the keys of GGUF. */
export const TENSORS_SHA256 = 'homegrown.tensors.sha256';

/** Placeholder of a hash's length, to compute a header's size before the tensors are hashed. */
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
 * Checks the tensors of a file, which fill it from `start` on, against its hash.
 * @param file name of the file in messages
 * @param expectedHash hash in the file; if absent, checks nothing
 * @throws HomegrownError `bad-file` if the hashes differ
 */
export async function checkHash(
  source: ByteSource,
  file: string,
  start: number,
  expectedHash: string | undefined,
  fail: (reason: string) => Error,
  { signal, report }: Job,
): Promise<void> {
  if (expectedHash === undefined) return;
  const hash = await sha256();
  const totalBytes = source.size - start;
  for (let offset = 0; offset < totalBytes; offset += PIECE) {
    signal.throwIfAborted();
    report({ label: `Checking ${file}`, done: offset, of: totalBytes, unit: 'bytes' });
    hash.update(await readExactly(source, start + offset, Math.min(PIECE, totalBytes - offset), fail));
    await yieldToEventLoop();
  }
  const actualHash = hash.hex();
  if (actualHash !== expectedHash) throw hashDiffers(file, expectedHash, actualHash);
}
/** Bytes to read at a time. */
const PIECE = 1 << 20;

const hashDiffers = (file: string, expectedHash: string, actualHash: string): HomegrownError =>
  badFile(
    `${file}: its tensors have the hash ${shortHash(actualHash)}, not ${shortHash(expectedHash)}`,
    'The file has changed since its export: copy or download it again. The original model is safe.',
  );
const shortHash = (hash: string): string => `${hash.slice(0, 12).replace(/[^0-9a-f]/g, '?')}…`;
