/** A zip. One that cannot be read in places, as from a pipe or out of another archive, is in memory as a whole. */
import { bytesSource } from '../../files/byteSource';
import { zipEntries } from '../../files/zipEntries';
import { MAX_PACKED_BYTES, MAX_ENTRIES } from '../limits';
import { readAllBytes } from '../readAll';
import type { ListedArchive } from './format';

export const list: ListedArchive['list'] = async (file) => {
  const source = file.places ?? bytesSource(await readAllBytes(file, MAX_PACKED_BYTES));
  return zipEntries(source, file.name, MAX_ENTRIES);
};
