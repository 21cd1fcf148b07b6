/** Scans JSON without parsing it, to find where list items end and to estimate the memory it needs. */
import { formatBytes, formatCount } from '../base/units';
import { JSON_COSTS, MAX_JSON } from './limits';

/** Reports an exceeded limit, such as `has more than 8,000,000 values`. */
export class JsonLimit extends Error {}

/** Scanner whose text comes in pieces of any length. */
export class JsonScan {
  /** Number of open lists and objects. */
  depth = 0;
  private valueCount = 0;
  /** Code units, and whether one is beyond Latin-1. */
  private codeUnits = 0;
  private isWide = false;
  /** Commas in each open object; NaN in a list, which may have any number. */
  private readonly commaCounts: number[] = [];
  /** Number of distinct names, by hash; names with equal hashes count once. */
  private nameCount = 0;
  /** Bit set of name hashes, allocated at the first name, because many files have none. */
  private seenNames: Uint8Array | undefined;
  /** Number of names of earlier items in `seen`. Clearing it for each of millions of items would take hours. */
  private earlierNameCount = 0;
  /** Hash of the current or last string. */
  private hash = 0;
  private inString = false;
  private isEscaped = false;

  /** Starts counting values and memory again. */
  startItem(): void {
    [this.valueCount, this.codeUnits, this.isWide] = [0, 0, false];
    this.earlierNameCount += this.nameCount;
    this.nameCount = 0;
    if (this.earlierNameCount < MAX_EARLIER_NAMES) return;
    this.seenNames?.fill(0);
    this.earlierNameCount = 0;
  }

  /**
   * Scans to the next comma or closing bracket at the depth of `level`, or to the end of the piece.
   * @returns its index, or the length of the piece
   * @throws JsonLimit
   */
  next(text: string, from: number, level: number): number {
    const end = this.walk(text, from, level);
    this.codeUnits += end - from;
    this.isWide ||= BEYOND_LATIN_1.test(text.slice(from, end));
    const memory =
      this.codeUnits * JSON_COSTS.unit * (this.isWide ? 2 : 1) +
      this.valueCount * JSON_COSTS.value +
      this.nameCount * JSON_COSTS.name;
    if (memory > MAX_JSON.memory)
      throw new JsonLimit(`takes more than ${formatBytes(MAX_JSON.memory)} of memory to read`);
    return end;
  }

  private walk(text: string, from: number, level: number): number {
    for (let index = from; index < text.length; index++) {
      if (this.inString) {
        index = this.endOfString(text, index);
        continue;
      }
      switch (text.charCodeAt(index)) {
        case QUOTE:
          this.inString = true;
          this.hash = 0;
          break;
        case COLON:
          this.countName();
          break;
        case COMMA:
          this.countValue();
          if (++this.commaCounts[this.depth]! >= MAX_JSON.names)
            throw new JsonLimit(`has an object of more than ${formatCount(MAX_JSON.names)} names`);
          if (this.depth === level) return index;
          break;
        case OPEN_LIST:
          this.enter(NaN);
          break;
        case OPEN_OBJECT:
          this.enter(0);
          break;
        case CLOSE_LIST:
        case CLOSE_OBJECT:
          if (this.depth-- === level) return index;
      }
    }
    return text.length;
  }

  /** Index of the quote that ends a string, or the length of the piece. */
  private endOfString(text: string, from: number): number {
    for (let index = from; index < text.length; index++) {
      if (this.isEscaped) this.isEscaped = false;
      else {
        const code = text.charCodeAt(index);
        if (code === BACKSLASH) this.isEscaped = true;
        else if (code === QUOTE) {
          this.inString = false;
          return index;
        }
        this.hash = (Math.imul(this.hash, HASH_FACTOR) + code) | 0;
      }
    }
    return text.length;
  }

  private countValue(): void {
    if (++this.valueCount > MAX_JSON.values)
      throw new JsonLimit(`has more than ${formatCount(MAX_JSON.values)} values`);
  }

  private countName(): void {
    const hash = (this.hash >>> 0) % NAME_HASHES;
    const mask = 1 << (hash & 7);
    this.seenNames ??= new Uint8Array(Math.ceil(NAME_HASHES / 8));
    if (this.seenNames[hash >> 3]! & mask) return;
    this.seenNames[hash >> 3]! |= mask;
    this.nameCount++;
  }

  private enter(commaCount: number): void {
    this.countValue();
    this.commaCounts[this.depth + 1] = commaCount;
    if (++this.depth > MAX_JSON.depth)
      throw new JsonLimit(`nests more than ${formatCount(MAX_JSON.depth)} lists and objects`);
  }
}

/** @throws JsonLimit */
export function checkJson(pieces: Iterable<string>): void {
  const scanner = new JsonScan();
  for (const piece of pieces) scanner.next(piece, 0, NO_LEVEL);
}
/** Level that is never reached, so that the scan goes to the end. */
export const NO_LEVEL = -Infinity;

export const BEYOND_LATIN_1 = /[^\0-\xff]/;
/** Prime near 2^23, so that the bit set takes a megabyte. */
const NAME_HASHES = 8_388_593;
const MAX_EARLIER_NAMES = 4096;
const HASH_FACTOR = 0x01000193;
const [QUOTE, COMMA, BACKSLASH, COLON] = [0x22, 0x2c, 0x5c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
