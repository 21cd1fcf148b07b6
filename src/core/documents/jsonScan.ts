/** Walks over JSON without parsing it: where the items of a list end, and how much it holds. */
import { formatCount } from '../base/units';
import { MAX_JSON } from './limits';

/** What JSON has too much of, as in `has more than 8,000,000 values`. */
export class JsonLimit extends Error {}

/** Where the scan stands. Text comes in pieces of any length. */
export class JsonScan {
  /** Lists and objects that are open. */
  depth = 0;
  private values = 0;
  /** Commas in each open object; NaN in a list, which may have any number. */
  private readonly members: number[] = [];
  private inString = false;
  private isEscaped = false;

  /** Starts counting values again. */
  forget(): void {
    this.values = 0;
  }

  /**
   * Walks on to the next comma or bracket at the depth of `level`, or to the end of the piece.
   * @returns its place; the length of the text at the end
   * @throws JsonLimit
   */
  next(text: string, from: number, level: number): number {
    for (let at = from; at < text.length; at++) {
      if (this.inString) {
        at = this.endOfString(text, at);
        continue;
      }
      switch (text.charCodeAt(at)) {
        case QUOTE:
          this.inString = true;
          break;
        case COMMA:
          this.count();
          if (++this.members[this.depth]! >= MAX_JSON.names)
            throw new JsonLimit(`has an object of more than ${formatCount(MAX_JSON.names)} names`);
          if (this.depth === level) return at;
          break;
        case OPEN_LIST:
          this.enter(NaN);
          break;
        case OPEN_OBJECT:
          this.enter(0);
          break;
        case CLOSE_LIST:
        case CLOSE_OBJECT:
          if (this.depth-- === level) return at;
      }
    }
    return text.length;
  }

  /** The place of the quote that ends a text, or the last of the piece. */
  private endOfString(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      if (this.isEscaped) this.isEscaped = false;
      else {
        const code = text.charCodeAt(at);
        if (code === BACKSLASH) this.isEscaped = true;
        else if (code === QUOTE) {
          this.inString = false;
          return at;
        }
      }
    }
    return text.length;
  }

  private count(): void {
    if (++this.values > MAX_JSON.values) throw new JsonLimit(`has more than ${formatCount(MAX_JSON.values)} values`);
  }

  private enter(members: number): void {
    this.count();
    this.members[this.depth + 1] = members;
    if (++this.depth > MAX_JSON.depth)
      throw new JsonLimit(`nests more than ${formatCount(MAX_JSON.depth)} lists and objects`);
  }
}

/** @throws JsonLimit */
export const checkJson = (text: string): void => void new JsonScan().next(text, 0, NO_LEVEL);
/** A level that is never reached: the scan goes to the end. */
export const NO_LEVEL = -Infinity;

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
