/** A single compressed file, named without the compression's ending. */
import { gunzipped } from '../../files/gunzip';
import type { StreamedArchive } from './format';

export const entries: StreamedArchive['entries'] = async function* (file) {
  const path = file.name
    .split('/')
    .at(-1)!
    .replace(/\.gz$/i, '')
    .replace(/\.tgz$/i, '.tar');
  yield await Promise.resolve({ path, bytes: gunzipped(file.bytes, file.name) });
};
