/** Samples for language detection: 200 code units of every 5,000, independent of passage boundaries. */
export class Samples {
  /** Code units of the document so far. */
  length = 0;
  private pending = '';
  constructor(private readonly take: (sample: string) => void) {}
  see(passage: string): void {
    for (let at = 0; at < passage.length;) {
      const place = (this.length + at) % EVERY;
      if (place < SIZE) {
        const part = passage.slice(at, at + SIZE - place);
        at += part.length;
        this.pending += part;
        if (this.pending.length === SIZE) this.flush();
      } else at += EVERY - place;
    }
    this.length += passage.length;
  }
  /** Ends the document. The last sample may be shorter. */
  end(): void {
    if (this.pending !== '') this.flush();
  }
  private flush(): void {
    this.take(this.pending);
    this.pending = '';
  }
}
const SIZE = 200;
const EVERY = 5000;
