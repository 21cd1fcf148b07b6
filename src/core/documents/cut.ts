/** Assigns documents to parts. Typed arrays hold the facts about all documents, so millions of them fit in memory. */
import { bits } from '../base/rng';
import { PART_NAMES, type Parted, type PartName, type Segment, type Split, type SplitChoice } from './split';

/** Facts about all documents, before they are cut. */
export class Outline {
  length = 0;
  /** Document sizes in bytes, by place. */
  bytes = new Float64Array(INITIAL_CAPACITY);
  /** SHA-256 hashes, eight 32-bit words per document. */
  hashes = new Uint32Array(HASH_WORDS * INITIAL_CAPACITY);
  /** Number of its text; a document without a text gets its own. */
  texts = new Uint32Array(INITIAL_CAPACITY);
  /** 1 for a document with fields or its own token ids, which is never cut. */
  isUncut = new Uint8Array(INITIAL_CAPACITY);
  textCount = 0;
  private readonly textNumbers = new Map<string, number>();

  add({ bytes, sha256, text, spans, encoded }: Parted): void {
    const place = this.length++;
    if (place === this.bytes.length) this.grow();
    this.bytes[place] = bytes;
    for (let word = 0; word < HASH_WORDS; word++)
      this.hashes[HASH_WORDS * place + word] = parseInt(sha256.slice(8 * word, 8 * word + 8), 16);
    let number = text === undefined ? undefined : this.textNumbers.get(text);
    if (number === undefined) {
      number = this.textCount++;
      if (text !== undefined) this.textNumbers.set(text, number);
    }
    this.texts[place] = number;
    this.isUncut[place] = spans || encoded ? 1 : 0;
  }

  private grow(): void {
    this.bytes = copiedInto(this.bytes, new Float64Array(2 * this.bytes.length));
    this.hashes = copiedInto(this.hashes, new Uint32Array(2 * this.hashes.length));
    this.texts = copiedInto(this.texts, new Uint32Array(2 * this.texts.length));
    this.isUncut = copiedInto(this.isUncut, new Uint8Array(2 * this.isUncut.length));
  }
}
const INITIAL_CAPACITY = 64;
const HASH_WORDS = 8;
function copiedInto<T extends Float64Array | Uint32Array | Uint8Array>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}

/** Cut positions of all documents. */
export interface Cut {
  readonly rule: Split['rule'];
  /** Range of a document's bytes in a part; empty for a document that isn't in the part. */
  within(part: PartName, place: number): readonly [from: number, to: number];
}

/** Bytes before the first border are for training, those after the second for testing. */
class Borders implements Cut {
  constructor(
    readonly rule: 'documents' | 'ends',
    private readonly bytes: Float64Array,
    /** Two offsets per document, in bytes. */
    private readonly borders: Float64Array,
  ) {}

  within(part: PartName, place: number): readonly [from: number, to: number] {
    const [first, second] = [this.borders[2 * place]!, this.borders[2 * place + 1]!];
    if (part === 'train') return [0, first];
    return part === 'validation' ? [first, second] : [second, this.bytes[place]!];
  }
}

/**
 * Splits whole documents if they approximate the requested shares, by seed and content, whatever their order; equal
 * documents share a part. Otherwise each document gives its own end: neither part has seen the other, and both have the
 * same kinds of text. A document with fields or ids is never cut; its text then gives whole documents that come nearest
 * to the shares.
 */
export function cutDocuments(outline: Outline, choice: SplitChoice): Cut {
  const { length, bytes, isUncut } = outline;
  const { partOf, rule } = assignWholeDocuments(outline, choice);
  const borders = new Float64Array(2 * length);
  const cutEnds = endCutter(choice);
  for (let place = 0; place < length; place++) {
    const documentBytes = bytes[place]!;
    const part = partOf(place) ?? (isUncut[place] ? 'train' : undefined);
    borders.set(
      part ? [part === 'train' ? documentBytes : 0, part === 'test' ? 0 : documentBytes] : cutEnds(documentBytes),
      2 * place,
    );
  }
  return new Borders(rule, bytes, borders);
}

/** Like `cutDocuments`, for a list. Segments keep the list's order. */
export function splitDocuments<D extends Parted>(
  documents: readonly D[],
  choice: SplitChoice,
): { rule: Cut['rule']; parts: Readonly<Record<PartName, readonly Segment<D>[]>> } {
  const outline = new Outline();
  for (const document of documents) outline.add(document);
  const cut = cutDocuments(outline, choice);
  const parts: Record<PartName, Segment<D>[]> = { train: [], validation: [], test: [] };
  for (const [place, document] of documents.entries()) {
    for (const name of PART_NAMES) {
      const [from, to] = cut.within(name, place);
      if (from < to) parts[name].push({ document, place, from, to });
    }
  }
  return { rule: cut.rule, parts };
}

/**
 * Returns a function that cuts the ends off one document after another. Fractions of a byte carry over to the next
 * document, so that all documents together hold out the floor of each share of their bytes.
 */
function endCutter({ validation, test }: SplitChoice) {
  let end = 0;
  return (bytes: number): readonly [number, number] => {
    const start = end;
    end += bytes;
    const heldOutBytes = (share: number): number => Math.floor(end * share) - Math.floor(start * share);
    const testStart = bytes - Math.min(bytes, heldOutBytes(test));
    return [Math.max(0, testStart - heldOutBytes(validation)), testStart];
  };
}

/** Assigns whole documents to parts, for texts with enough documents; equal documents of other texts share the part. */
function assignWholeDocuments(outline: Outline, choice: SplitChoice): Pick<Borders, 'rule'> & PartAssignment {
  const { length, texts, textCount, isUncut } = outline;
  const { order, unitOf, unitCount } = unitsOf(outline, choice.seed);
  // Document places grouped by text, in order of units.
  const ends = new Uint32Array(textCount);
  for (let place = 0; place < length; place++) ends[texts[place]!]!++;
  for (let text = 1; text < textCount; text++) ends[text]! += ends[text - 1]!;
  const starts = Uint32Array.from(ends, (_, text) => ends[text - 1] ?? 0);
  const nextSlots = starts.slice();
  const places = new Uint32Array(length);
  for (const place of order) places[nextSlots[texts[place]!]!++] = place;

  const splittableTexts: number[] = [];
  for (let text = 0; text < textCount; text++) if (ends[text]! - starts[text]! > 1) splittableTexts.push(text);
  const firstUnit = (text: number): number => unitOf[places[starts[text]!]!]!;
  splittableTexts.sort((a, b) => firstUnit(a) - firstUnit(b));
  /** Part number by unit; 0: none. */
  const parts = new Uint8Array(unitCount);
  for (const text of splittableTexts) {
    const textPlaces = places.subarray(starts[text], ends[text]);
    assignParts(
      textPlaces,
      outline.bytes,
      unitOf,
      choice,
      parts,
      textPlaces.some((place) => isUncut[place] === 1),
    );
  }
  return {
    rule: parts.some((part) => part > 0) ? 'documents' : 'ends',
    partOf: (place) => partNamed(parts[unitOf[place]!]!),
  };
}
interface PartAssignment {
  partOf(place: number): PartName | undefined;
}

/**
 * Groups equal documents into units, numbered in an order that depends on the seed and their content only.
 * @returns places in that order, the unit of each place, and the number of units
 */
export function unitsOf({ length, hashes }: Outline, seed: number) {
  const sortKeys = new Uint32Array(length);
  for (let place = 0; place < length; place++)
    sortKeys[place] = bits(seed, 'split', hashes[HASH_WORDS * place + 1]!, hashes[HASH_WORDS * place]!);
  const compare = (a: number, b: number): number => {
    let difference = sortKeys[a]! - sortKeys[b]!;
    for (let word = 0; difference === 0 && word < HASH_WORDS; word++)
      difference = hashes[HASH_WORDS * a + word]! - hashes[HASH_WORDS * b + word]!;
    return difference;
  };
  const order = new Uint32Array(length).map((_, place) => place).sort(compare);
  const unitOf = new Uint32Array(length);
  let unitCount = 0;
  for (const [i, place] of order.entries()) {
    if (i === 0 || compare(order[i - 1]!, place) !== 0) unitCount++;
    unitOf[place] = unitCount - 1;
  }
  return { order, unitOf, unitCount };
}

/**
 * Assigns parts to the documents of a text; some may already have one. Assigns none if the shares can't be met.
 * @param places in the order of their units
 * @param isWhole comes as near to the shares as possible instead, and holds out at least one of two or more units
 */
function assignParts(
  places: Uint32Array,
  bytes: Float64Array,
  unitOf: Uint32Array,
  { validation, test }: SplitChoice,
  parts: Uint8Array,
  isWhole: boolean,
): void {
  const units: number[] = [];
  const sizes: number[] = [];
  for (const place of places) {
    if (units.at(-1) !== unitOf[place]) {
      units.push(unitOf[place]!);
      sizes.push(0);
    }
    sizes[sizes.length - 1]! += bytes[place]!;
  }
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  const targetBytes = { test: totalBytes * test, validation: totalBytes * validation };
  const partBytes: Record<PartName, number> = { train: 0, validation: 0, test: 0 };
  for (const [i, unit] of units.entries()) partBytes[partNamed(parts[unit]!) ?? 'train'] += sizes[i]!;
  /** Chosen part number by unit of the text; 0 for a unit that already has one. */
  const chosen = new Uint8Array(units.length);
  for (const [i, unit] of units.entries()) {
    if (parts[unit]! > 0) continue;
    const size = sizes[i]!;
    // A part takes the unit if that brings it nearer to its share.
    const part =
      (['test', 'validation'] as const).find((name) => size < 2 * (targetBytes[name] - partBytes[name])) ?? 'train';
    chosen[i] = numberOf(part);
    partBytes.train -= size;
    partBytes[part] += size;
  }
  if (isWhole && partBytes.validation === 0 && units.length > 1) chosen[0] = numberOf('validation');
  const isNear = (name: 'test' | 'validation'): boolean =>
    Math.abs(partBytes[name] - targetBytes[name]) <= targetBytes[name] / 4;
  if (!isWhole && !(partBytes.train > 0 && isNear('test') && isNear('validation'))) return;
  for (const [i, unit] of units.entries()) if (chosen[i]! > 0) parts[unit] = chosen[i]!;
}
/** Number of a part from 1; 0 means none. */
const numberOf = (part: PartName): number => PART_NAMES.indexOf(part) + 1;
const partNamed = (number: number): PartName | undefined => PART_NAMES[number - 1];
