/** Limits how much a tokenizer's replacements may lengthen a text, because chained ones could do so without bound. */
import { badFile } from './errors';
import { formatCount } from './units';

/** Characters that all replacements together may write, for each character of the text. */
const MAX_GROWTH = 100;
/** Extra allowance in characters, so that a very short text may become a sentence. */
const SLACK = 1000;

export class Growth {
  private written = 0;
  private readonly max: number;

  /** @param length of the text before the first replacement */
  constructor(private readonly length: number) {
    this.max = MAX_GROWTH * length + SLACK;
  }

  /**
   * Counts what a replacement writes, before the replacement is made.
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
