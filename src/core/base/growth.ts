/** How far replacements of a tokenizer may lengthen a text: a chain of them could multiply it without end. */
import { badFile } from './errors';
import { formatCount } from './units';

/** Characters that all replacements together write, for each character of the text. */
const MAX_GROWTH = 100;
/** A text of a few characters may become a sentence. */
const SLACK = 1000;

export class Growth {
  private written = 0;
  private readonly max: number;

  /** @param length of the text before the first replacement */
  constructor(private readonly length: number) {
    this.max = MAX_GROWTH * length + SLACK;
  }

  /**
   * Counts what a replacement writes, before it is put in.
   * @throws HomegrownError `bad-file` beyond the limit
   */
  add(text: string): string {
    this.written += text.length;
    if (this.written > this.max)
      throw badFile(
        `The tokenizer’s normalizer expands the text from ${formatCount(this.length)} to more than ${formatCount(this.max)} characters.`,
        'Nothing was stored. Use another tokenizer.',
      );
    return text;
  }

  /** Replaces every match. */
  replaceAll(text: string, pattern: string | RegExp, content: string): string {
    return text.replaceAll(pattern, () => this.add(content));
  }
}
