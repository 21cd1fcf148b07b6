/** Quotes aren't special in TSV: https://www.iana.org/assignments/media-types/text/tab-separated-values */
import { delimitedRows } from '../delimited';
import type { TableFormat } from './format';

export const rows: TableFormat['rows'] = (file) => delimitedRows(file, { delimiters: ['\t'], isQuoted: false });
