/** A zip. One that cannot be read in places, as from a pipe or out of another archive, is in memory as a whole. */
import { bytesSource } from '../../files/byteSource';
import { zipEntries } from '../../files/zipEntries';
import { LARGEST_PACKED, MOST_ENTRIES } from '../limits';
import { wholeBytes } from '../whole';
import type { ArchiveReader } from './format';

export const entries: ArchiveReader['entries'] = async function* (file) {
  const source = file.places ?? bytesSource(await wholeBytes(file, LARGEST_PACKED));
  for (const { path, bytes } of await zipEntries(source, file.name, MOST_ENTRIES)) yield { path, bytes: bytes() };
};
