/** Samples for language detection: 200 code units of every 5,000, independent of passage boundaries. */
export class Samples {
  /** Code units of the document so far. */
  length = 0;
  private pending = '';
  constructor(private readonly onSample: (sample: string) => void) {}
  see(passage: string): void {
    for (let start = 0; start < passage.length;) {
      const offset = (this.length + start) % INTERVAL;
      if (offset < SAMPLE_LENGTH) {
        const piece = passage.slice(start, start + SAMPLE_LENGTH - offset);
        start += piece.length;
        this.pending += piece;
        if (this.pending.length === SAMPLE_LENGTH) this.flush();
      } else start += INTERVAL - offset;
    }
    this.length += passage.length;
  }
  /** Ends the document. The last sample may be shorter. */
  end(): void {
    if (this.pending !== '') this.flush();
  }
  private flush(): void {
    this.onSample(this.pending);
    this.pending = '';
  }
}
const SAMPLE_LENGTH = 200;
const INTERVAL = 5000;
