/** Rows of a file that can't be read. */
/** Placeholder for an unreadable row, so that the rows after it can still be read. */
export interface BadRow {
  /** `line 12`, `object 12`, `row 12`. */
  place: string;
  /** The reason, in words that continue the place: `isn't a JSON object`. */
  problem: string;
}
export const isBadRow = (row: object): row is BadRow => 'problem' in row;
