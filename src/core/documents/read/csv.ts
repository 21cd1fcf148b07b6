import { delimitedRows } from '../delimited';
import type { TableFormat } from './format';

/** RFC 4180, and what spreadsheets write in its place where the comma is the decimal mark. */
export const csv: TableFormat = {
  label: 'CSV table',
  endings: ['csv'],
  rows: (file) => delimitedRows(file, { delimiters: [',', ';', '\t', '|'], isQuoted: true }),
};
