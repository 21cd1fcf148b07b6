import { FORMATS } from '../../core/documents/read';
import type { Dropped } from '../../state/markup';
import type { DroppedFile } from '../../ui';

/** A file keeps its path below what was dropped as its name. */
export const toDropped = ({ path, file }: DroppedFile): Dropped => ({ file, name: path });

/** `Plain text (txt, text), Markdown (md, markdown)`. */
export const FORMAT_WORDS = Object.values(FORMATS)
  .map(({ label, endings }) => `${label} (${endings.join(', ')})`)
  .join(', ');
