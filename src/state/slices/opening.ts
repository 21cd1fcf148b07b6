/** Opening a project, and reading ahead what it is shown with. */
export interface OpeningSlice {
  /** 'loading' until what was stored, of this project its texts, has been read. */
  loaded: 'loading' | 'ready';
  /** Begins with the project of an address; where it cannot be opened, with the one that was opened last. */
  load(id?: string): Promise<void>;
  /** Shows another project, with its texts and its run. False where there is none to open, which is said. */
  open(id: string): Promise<boolean>;
  /** Reads what a project that may be opened next would be shown with; resolves when that is there. It is kept until `lookAway`. */
  lookAhead(id: string): Promise<unknown>;
  lookAway(): void;
}
