import { decodeText } from '../decode';
import type { TextFormat } from './format';

/** Markdown is learnt as it is written, marks and all. */
export const md: TextFormat = { label: 'Markdown', endings: ['md', 'markdown'], read: decodeText };
