/** A ZIP archive. Without random access, as from a pipe or in another archive, it is read into memory. */
import { bytesSource } from '../../files/byteSource';
import { zipEntries } from '../../files/zipEntries';
import { MAX_PACKED_BYTES, MAX_ENTRIES } from '../limits';
import { readAllBytes } from '../readAll';
import type { ListedArchive } from './format';

export const list: ListedArchive['list'] = async (file) => {
  const source = file.places ?? bytesSource(await readAllBytes(file, MAX_PACKED_BYTES));
  return zipEntries(source, file.name, MAX_ENTRIES);
};
