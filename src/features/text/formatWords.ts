import { FORMATS } from '../../core/documents/read';
import type { Dropped } from '../../state/markup';
import type { DroppedFile } from '../../ui';

/** A file keeps its path below what was dropped as its name. */
export const toDropped = ({ path, file }: DroppedFile): Dropped => ({ file, name: path });

/** `txt, md, csv`: short, as nobody reads all endings of all languages before a first drop. */
export const FORMAT_WORDS = Object.keys(FORMATS).join(', ');
