import { badFile } from '../core/base/errors';
import type { ByteSource } from '../core/files/byteSource';

/** A file of the browser as bytes that are read at any offset. */
export const blobSource = (file: Blob): ByteSource => ({
  size: file.size,
  read: async (offset, length) =>
    new Uint8Array(
      await file
        .slice(offset, offset + length)
        .arrayBuffer()
        .catch(throwReadError(file)),
    ),
});

/**
 * Turns the browser's error for a file that changed, moved or disappeared into an error of that file alone. Throws any other
 * error as it is.
 */
export const throwReadError =
  (file: Blob) =>
  (error: unknown): never => {
    if (!(error instanceof DOMException) || !UNREADABLE.includes(error.name)) throw error;
    const name = file instanceof File ? file.name : 'The file';
    throw badFile(
      `${name} changed, moved or was removed after you chose it (${error.name}).`,
      'Nothing was read. Choose it again.',
    );
  };
const UNREADABLE = ['NotReadableError', 'NotFoundError', 'NotAllowedError'];
