/** The flag for the encoding of text that isn't UTF-8. */
import { type EncodingId, ENCODINGS, isEncoding } from '../src/core/documents';
import { UsageError } from './options';

export const ENCODING = {
  kind: 'text',
  path: 'none',
  otherwise: 'other files are refused, with likely encodings',
  help: 'Encoding of text that is not UTF-8, such as windows-1252, koi8-r, shift_jis',
} as const;

/** @throws UsageError */
export function encodingOf(typed: string | undefined): EncodingId | undefined {
  const encoding = typed?.toLowerCase();
  if (encoding === undefined || isEncoding(encoding)) return encoding;
  throw new UsageError(`--encoding must be one of ${Object.keys(ENCODINGS).join(', ')}, not '${typed!}'.`);
}
