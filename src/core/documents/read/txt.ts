import { decodeText } from '../decode';
import type { TextFormat } from './format';

export const txt: TextFormat = { label: 'Plain text', endings: ['txt', 'text'], read: decodeText };
