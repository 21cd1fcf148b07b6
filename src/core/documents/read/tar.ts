import { tarEntries } from '../../files/tar';
import type { ArchiveReader } from './format';

export const entries: ArchiveReader['entries'] = (file) => tarEntries(file.bytes, file.name);
