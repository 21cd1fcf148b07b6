/** Reads an external table, such as a list of prompts for a model. */
import { goodRows } from './badRows';
import type { Readers } from './guard/readers';
import { tableFormatOf } from './formats';
import type { OpenFile, Row } from './formats/format';

/** @throws HomegrownError `bad-rows` after the last row, unless `file.reading` leaves malformed rows out */
export const tableRows = (file: OpenFile, readers: Readers, signal: AbortSignal): AsyncIterable<Row> =>
  goodRows(file, readers('rows', tableFormatOf(file.name), file, signal));
