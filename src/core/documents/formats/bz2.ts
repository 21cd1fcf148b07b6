/** A single compressed file, named without the compression's ending. */
import { bunzipped } from '../../files/bunzip2';
import type { StreamedArchive } from './format';

export const entries: StreamedArchive['entries'] = async function* (file) {
  const path = file.name
    .split('/')
    .at(-1)!
    .replace(/\.bz2$/i, '')
    .replace(/\.tbz2?$/i, '.tar');
  yield await Promise.resolve({ path, bytes: bunzipped(file.bytes, file.name) });
};
