/** Batches of rows or documents in a compact form, cheap to copy between threads: rows share their column names. */
import { type BadRow, isBadRow } from '../../base/badRow';
import type { FoundDocument, Row } from '../formats/format';
import type { Found, FoundKind, FoundRow } from './readers';

export type Batch =
  | { kind: 'documents'; documents: readonly FoundDocument[] }
  | { kind: 'objects'; objects: readonly (FoundRow | BadRow)[] }
  | {
      kind: 'rows';
      lines: readonly number[];
      /** Spreadsheet row numbers; 0 for formats without a header row. */
      numbers: readonly number[];
      /** Distinct header rows, and the index of each row's header. */
      names: readonly (readonly string[])[];
      namesOf: readonly number[];
      /** Cells of all rows, concatenated. */
      cells: readonly string[];
      /** Unreadable rows, each with the number of rows before it. */
      bad: readonly (readonly [before: number, row: BadRow])[];
    };

/** Limits of a batch, in characters and items. */
const FULL_CHARACTERS = 2 ** 18;
const FULL_ITEMS = 1024;

/** Collects items into batches. */
export class Packer {
  private items = 0;
  private characters = 0;
  private documents: FoundDocument[] = [];
  private objects: (FoundRow | BadRow)[] = [];
  private lines: number[] = [];
  private numbers: number[] = [];
  private names: (readonly string[])[] = [];
  private namesOf: number[] = [];
  private cells: string[] = [];
  private bad: (readonly [number, BadRow])[] = [];

  constructor(private readonly kind: FoundKind) {}

  /** @returns whether a batch is full */
  add(found: Found[FoundKind]): boolean {
    this.items++;
    if (this.kind === 'documents') this.addDocument(found as FoundDocument);
    else if (this.kind === 'rows') this.addRow(found as Row | BadRow);
    else {
      this.objects.push(found as FoundRow | BadRow);
      this.characters += OBJECT_CHARACTERS;
    }
    return this.characters >= FULL_CHARACTERS || this.items >= FULL_ITEMS;
  }

  private addDocument(document: FoundDocument): void {
    this.documents.push(document);
    this.characters += document.text.length;
  }

  private addRow(row: Row | BadRow): void {
    if (isBadRow(row)) {
      this.bad.push([this.lines.length, row]);
      return;
    }
    const { line, row: number = 0, cells } = row;
    const last = this.names.at(-1);
    const isLast = last?.length === cells.size && areSame(last, cells.keys());
    if (!isLast) this.names.push([...cells.keys()]);
    this.lines.push(line);
    this.numbers.push(number);
    this.namesOf.push(this.names.length - 1);
    for (const cell of cells.values()) {
      this.cells.push(cell);
      this.characters += cell.length;
    }
  }

  /** Returns the items since the last batch; undefined if there are none. */
  take(): Batch | undefined {
    if (this.items === 0) return undefined;
    const { documents, objects, lines, numbers, names, namesOf, cells, bad } = this;
    [this.items, this.characters] = [0, 0];
    [this.documents, this.objects, this.lines, this.names, this.namesOf, this.cells] = [[], [], [], [], [], []];
    [this.bad, this.numbers] = [[], []];
    if (this.kind === 'documents') return { kind: 'documents', documents };
    if (this.kind === 'objects') return { kind: 'objects', objects };
    return { kind: 'rows', lines, numbers, names, namesOf, cells, bad };
  }
}
/** Assumed size of an object, whose length isn't counted: 64 objects fill a batch. */
const OBJECT_CHARACTERS = FULL_CHARACTERS / 64;

function areSame(names: readonly string[], others: Iterable<string>): boolean {
  let i = 0;
  for (const other of others) if (names[i++] !== other) return false;
  return true;
}

/** Unpacks a batch, in the original order. */
export function* unpacked(batch: Batch): Generator<Found[FoundKind]> {
  if (batch.kind === 'documents') yield* batch.documents;
  else if (batch.kind === 'objects') yield* batch.objects;
  else {
    const { bad } = batch;
    let [at, nextBad] = [0, 0];
    for (const [i, line] of batch.lines.entries()) {
      for (; bad[nextBad]?.[0] === i; nextBad++) yield bad[nextBad]![1];
      const cells = new Map<string, string>();
      for (const name of batch.names[batch.namesOf[i]!]!) cells.set(name, batch.cells[at++]!);
      const row = batch.numbers[i]!;
      yield { line, ...(row > 0 && { row }), cells };
    }
    for (; nextBad < bad.length; nextBad++) yield bad[nextBad]![1];
  }
}
