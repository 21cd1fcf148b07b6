import { badFile } from '../core/base/errors';
import type { ByteSource } from '../core/files/byteSource';

/** A file as bytes that can be read from any place. */
export const blobSource = (file: Blob): ByteSource => ({
  size: file.size,
  read: async (offset, length) =>
    new Uint8Array(
      await file
        .slice(offset, offset + length)
        .arrayBuffer()
        .catch(failed(file)),
    ),
});

/**
 * Throws what the browser says of a file that changed, moved or went since it was chosen, as an error of that file alone.
 * Any other error is thrown as it is.
 */
export const failed =
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
