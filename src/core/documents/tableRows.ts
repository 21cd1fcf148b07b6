/** A table from outside whose rows are all needed: a list that a model is asked. */
import { allOf } from './badRows';
import type { Readers } from './guard/readers';
import { tableFormatOf } from './read';
import type { OpenFile, Row } from './read/format';

/** @throws HomegrownError `bad-file` at the first row that can't be read */
export const tableRows = (file: OpenFile, readers: Readers, signal: AbortSignal): AsyncIterable<Row> =>
  allOf(file.name, readers('rows', tableFormatOf(file.name), file, signal));
