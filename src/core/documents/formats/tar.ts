import { tarEntries } from '../../files/tar';
import type { StreamedArchive } from './format';

export const entries: StreamedArchive['entries'] = (file) => tarEntries(file.bytes, file.name);
