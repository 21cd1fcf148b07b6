/** A row of a file that can't be read, where others can. */
/** Stands in the place of a row that can't be read, where the rows after it can. */
export interface BadRow {
  /** `line 12`, `object 12`, `row 12`. */
  place: string;
  /** The reason, in words that continue the place: `isn't a JSON object`. */
  problem: string;
}
export const isBadRow = (row: object): row is BadRow => 'problem' in row;
