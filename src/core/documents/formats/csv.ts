/** RFC 4180, and the variants that spreadsheets write where the comma is the decimal mark. */
import { delimitedRows } from '../delimited';
import type { TableFormat } from './format';

export const rows: TableFormat['rows'] = (file) =>
  delimitedRows(file, { delimiters: [',', ';', '\t', '|'], isQuoted: true });
