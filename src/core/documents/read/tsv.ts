import { delimitedRows } from '../delimited';
import type { TableFormat } from './format';

/** A quote is a letter here: https://www.iana.org/assignments/media-types/text/tab-separated-values */
export const tsv: TableFormat = {
  label: 'TSV table',
  endings: ['tsv', 'tab'],
  rows: (file) => delimitedRows(file, { delimiters: ['\t'], isQuoted: false }),
};
