/** Malformed rows of one file: refused with their places and reasons, or skipped if the user chose that. */
import { type BadRow, isBadRow } from '../base/badRow';
import { type BadRowList, badFile, HomegrownError } from '../base/errors';
import { counted, formatCount } from '../base/units';
import type { OpenFile } from './formats/format';

export class BadRows {
  private readonly listed: BadRow[] = [];
  private count = 0;
  private isSettled = false;

  add(row: BadRow): void {
    this.count++;
    if (this.listed.length < MAX_LISTED) this.listed.push(row);
  }

  /** Yields the readable rows and collects the others. */
  async *goodOf<R extends object>(rows: AsyncIterable<R | BadRow>): AsyncGenerator<R> {
    for await (const row of rows) {
      if (isBadRow(row)) this.add(row);
      else yield row;
    }
  }

  /**
   * Reports the collected rows, once. Call it after the last row.
   * @param readableCount number of rows that were read
   * @throws HomegrownError `bad-rows` unless the user chose to skip them; `bad-file` if no row is readable
   */
  settle({ name, reading, note }: Pick<OpenFile, 'name' | 'reading' | 'note'>, readableCount: number): void {
    const [first] = this.listed;
    if (!first || this.isSettled) return;
    this.isSettled = true;
    if (readableCount === 0)
      throw badFile(
        `${name} has no readable rows: ${first.place} ${first.problem}.`,
        'Fix the file, or choose another one.',
      );
    if (reading?.skipBadRows) note(`Skipped ${counted(this.count, 'malformed row')}: ${this.listPlaces()}`);
    else throw badRowsError(name, { count: this.count, listed: this.listed });
  }

  private listPlaces(): string {
    const more = this.count - this.listed.length;
    const places = this.listed.map(({ place }) => place).join(', ');
    return more > 0 ? `${places} and ${formatCount(more)} more` : places;
  }
}
/** Number of rows that the error lists. */
const MAX_LISTED = 20;

/** Names a single row in the message; the caller that shows the error lists several. */
function badRowsError(name: string, rows: BadRowList): HomegrownError {
  const { place, problem } = rows.listed[0]!;
  const [where, remedy] =
    rows.count === 1 ? [`: ${place} ${problem}`, 'this row, or fix it'] : ['', 'these rows, or fix them'];
  return new HomegrownError(
    'bad-rows',
    `${name} has ${counted(rows.count, 'malformed row')}${where}.`,
    `Skip ${remedy} and add the file again.`,
    rows,
  );
}

/** Yields the readable rows of a file. @throws as `settle` does, after the last one */
export async function* goodRows<R extends object>(
  file: Pick<OpenFile, 'name' | 'reading' | 'note'>,
  rows: AsyncIterable<R | BadRow>,
): AsyncGenerator<R> {
  const badRows = new BadRows();
  let readableCount = 0;
  for await (const row of badRows.goodOf(rows)) {
    readableCount++;
    yield row;
  }
  badRows.settle(file, readableCount);
}

/** Yields all rows of a file, where no row may be skipped. @throws HomegrownError `bad-file` at the first bad row */
export async function* allOf<R extends object>(name: string, rows: AsyncIterable<R | BadRow>): AsyncGenerator<R> {
  for await (const row of rows) {
    if (isBadRow(row)) throw badFile(`${name}: ${row.place} ${row.problem}.`, 'Fix this row, then add the file again.');
    yield row;
  }
}
