/** Interface of a kind of personal data. To add one: its file in this folder, and its line in index.ts. */
export interface PersonalKind {
  /** Publication that defines the shape. */
  source: string;
  /** Candidates, with the flag `g`. All repetitions are bounded, so that the search is linear on any text. */
  pattern: RegExp;
  /** Length of the value at the start of a candidate; 0: it isn't one. @param before text in front of it */
  lengthOf(candidate: string, before: string): number;
}
