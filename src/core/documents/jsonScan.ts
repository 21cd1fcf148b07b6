/** Scans JSON without parsing it, to find where list items end and to estimate the memory it needs. */
import { formatBytes, formatCount } from '../base/units';
import { JSON_COSTS, MAX_JSON } from './limits';

/** Reports an exceeded limit, such as `has more than 8,000,000 values`. */
export class JsonLimit extends Error {}

/** Scanner whose text comes in pieces of any length. */
export class JsonScan {
  /** Number of open lists and objects. */
  depth = 0;
  private values = 0;
  /** Code units, and whether one is beyond Latin-1. */
  private units = 0;
  private isWide = false;
  /** Commas in each open object; NaN in a list, which may have any number. */
  private readonly members: number[] = [];
  /** Number of distinct names, by hash; names with equal hashes count once. */
  private names = 0;
  /** Bit set of name hashes, allocated at the first name, because many files have none. */
  private seen: Uint8Array | undefined;
  /** Number of names of earlier items in `seen`. Clearing it for each of millions of items would take hours. */
  private marked = 0;
  /** Hash of the current or last string. */
  private hash = 0;
  private inString = false;
  private isEscaped = false;

  /** Starts counting values and memory again. */
  forget(): void {
    [this.values, this.units, this.isWide] = [0, 0, false];
    this.marked += this.names;
    this.names = 0;
    if (this.marked < MAX_MARKED) return;
    this.seen?.fill(0);
    this.marked = 0;
  }

  /**
   * Scans to the next comma or closing bracket at the depth of `level`, or to the end of the piece.
   * @returns its index, or the length of the piece
   * @throws JsonLimit
   */
  next(text: string, from: number, level: number): number {
    const end = this.walk(text, from, level);
    this.units += end - from;
    this.isWide ||= BEYOND_LATIN_1.test(text.slice(from, end));
    const memory =
      this.units * JSON_COSTS.unit * (this.isWide ? 2 : 1) +
      this.values * JSON_COSTS.value +
      this.names * JSON_COSTS.name;
    if (memory > MAX_JSON.memory)
      throw new JsonLimit(`takes more than ${formatBytes(MAX_JSON.memory)} of memory to read`);
    return end;
  }

  private walk(text: string, from: number, level: number): number {
    for (let at = from; at < text.length; at++) {
      if (this.inString) {
        at = this.endOfString(text, at);
        continue;
      }
      switch (text.charCodeAt(at)) {
        case QUOTE:
          this.inString = true;
          this.hash = 0;
          break;
        case COLON:
          this.countName();
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

  /** Index of the quote that ends a string, or the length of the piece. */
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
        this.hash = (Math.imul(this.hash, HASH_FACTOR) + code) | 0;
      }
    }
    return text.length;
  }

  private count(): void {
    if (++this.values > MAX_JSON.values) throw new JsonLimit(`has more than ${formatCount(MAX_JSON.values)} values`);
  }

  private countName(): void {
    const place = (this.hash >>> 0) % NAME_HASHES;
    const bit = 1 << (place & 7);
    this.seen ??= new Uint8Array(Math.ceil(NAME_HASHES / 8));
    if (this.seen[place >> 3]! & bit) return;
    this.seen[place >> 3]! |= bit;
    this.names++;
  }

  private enter(members: number): void {
    this.count();
    this.members[this.depth + 1] = members;
    if (++this.depth > MAX_JSON.depth)
      throw new JsonLimit(`nests more than ${formatCount(MAX_JSON.depth)} lists and objects`);
  }
}

/** @throws JsonLimit */
export function checkJson(pieces: Iterable<string>): void {
  const scan = new JsonScan();
  for (const piece of pieces) scan.next(piece, 0, NO_LEVEL);
}
/** Level that is never reached, so that the scan goes to the end. */
export const NO_LEVEL = -Infinity;

export const BEYOND_LATIN_1 = /[^\0-\xff]/;
/** Prime near 2^23, so that the bit set takes a megabyte. */
const NAME_HASHES = 8_388_593;
const MAX_MARKED = 4096;
const HASH_FACTOR = 0x01000193;
const [QUOTE, COMMA, BACKSLASH, COLON] = [0x22, 0x2c, 0x5c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
