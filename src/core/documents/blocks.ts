/** The list of a text's documents, block by block. */
import { ahead } from '../base/ahead';
import type { BlobStore } from '../base/blobStore';
import { MAX_CLASSIFIER_LABELS } from '../base/limits';
import { readRecord, storedRecord } from '../base/record';
import { counted } from '../base/units';
import type { Draft } from '../base/draft';
import type { Columns } from './columns';
import { HashOfMany } from './hashOf';
import { damaged } from './library';
import type { FormatId } from './formats';
import { BLOCK, type DocumentBlock, DOCUMENTS, documentsKey, type TextRecord } from './record';

/** Facts about a file that was read. */
export interface ReadFile {
  name: string;
  size: number;
  format: FormatId;
  notes: readonly string[];
  /** Chosen columns of a table. */
  columns?: Columns;
  /** Number of rows without text, which become no documents. */
  empty?: number;
}
export interface ReadDocument {
  title: string;
  sha256: string;
  characters: number;
  bytes: number;
  /** Facts about it, such as a label, a date, a language. */
  fields?: Readonly<Record<string, string>>;
  spans?: Readonly<Record<string, readonly [from: number, to: number]>>;
}

/**
 * Writes the document list while a text is read, each block when it is full, and adds up the totals for its record.
 * The current file can be rolled back until it ends: its first block stays in memory until then, and later blocks are
 * overwritten.
 */
export class BlockWriter {
  readonly names: string[] = [];
  readonly formats = new Set<FormatId>();
  size = 0;
  documents = 0;
  characters = 0;
  bytes = 0;
  private readonly all = new HashOfMany();
  /** State before the current file, and that file's hash. */
  private before = this.mark();
  private own = new HashOfMany();
  /** Distinct labels of finished files, and of the current file. */
  private readonly labels = new Set<string>();
  private readonly ownLabels = new Set<string>();
  /** Blocks that aren't written yet, in order. */
  private open: Begun[] = [];
  /** Number of blocks in the store, including rolled-back ones. */
  private stored = 0;
  /** Files that each note applies to, by note. */
  private readonly noteFiles = new Map<string, string[]>();

  constructor(
    private readonly id: string,
    private readonly draft: Draft,
  ) {}

  /** Adds a document to the current file. */
  async add(document: ReadDocument): Promise<void> {
    if (this.documents % BLOCK === 0) {
      const first = firstOf(this.before.documents);
      await this.write(this.open.filter(({ from }) => from !== first));
      this.open = this.open.filter(({ from }) => from === first);
      this.open.push({ from: this.documents, files: [], rows: [] });
    }
    this.open.at(-1)!.rows.push(document);
    await this.own.add(document.sha256);
    await this.all.add(document.sha256);
    this.documents++;
    this.characters += document.characters;
    this.bytes += document.bytes;
    const label = document.fields?.['label']?.trim();
    if (label && this.ownLabels.size <= MAX_CLASSIFIER_LABELS) this.ownLabels.add(label);
  }

  /** Hash of the documents of the current file, which then ends or is rolled back. */
  hashOfFile(): Promise<string> {
    return this.own.hex();
  }

  /** Ends the current file, after all its documents were added. */
  end({ name, size, format, notes, columns }: ReadFile): void {
    const at = this.before.documents;
    if (this.documents > at) {
      const block = this.open.find(({ from }) => from === firstOf(at))!;
      block.files.push({ at, name, size, format, notes: [...notes], ...(columns && { columns }) });
    }
    this.names.push(name);
    this.formats.add(format);
    this.size += size;
    for (const note of notes) {
      const names = this.noteFiles.get(note);
      if (names) names.push(name);
      else this.noteFiles.set(note, [name]);
    }
    for (const label of this.ownLabels) if (this.labels.size <= MAX_CLASSIFIER_LABELS) this.labels.add(label);
    this.ownLabels.clear();
    this.before = this.mark();
    this.own = new HashOfMany();
  }

  /** Number of distinct labels; undefined if there are fewer than two, or too many. */
  labelCount(): number | undefined {
    const { size } = this.labels;
    return size >= 2 && size <= MAX_CLASSIFIER_LABELS ? size : undefined;
  }

  /** Rolls back the current file. */
  back(): void {
    const { hash, ...sums } = this.before;
    Object.assign(this, sums);
    this.all.back(hash);
    this.ownLabels.clear();
    this.own = new HashOfMany();
    this.open = this.open.filter(({ from }) => from < this.documents);
    for (const { from, rows } of this.open) rows.length = Math.min(rows.length, this.documents - from);
  }

  /** Hash of all documents; ends the hashing. */
  hash(): Promise<string> {
    return this.all.hex();
  }

  /** Distinct notes, with file names if there are several files; at most MAX_NOTES, plus a line for the others. */
  notes(): string[] {
    const lines = [...this.noteFiles].map(([note, names]) =>
      this.names.length === 1 ? note : `${whose(names)}: ${note}`,
    );
    const more = lines.length - MAX_NOTES;
    return more > 0 ? [...lines.slice(0, MAX_NOTES), `And ${more} more, shown with their documents`] : lines;
  }

  /** Writes the remaining blocks. @returns written keys that aren't part of the list */
  async finish(): Promise<readonly string[]> {
    await this.write(this.open);
    this.open = [];
    const blocks = Math.ceil(this.documents / BLOCK);
    return Array.from({ length: Math.max(0, this.stored - blocks) }, (_, i) => documentsKey(this.id, blocks + i));
  }

  private mark() {
    const { documents, characters, bytes } = this;
    return { documents, characters, bytes, hash: this.all.mark() };
  }
  private async write(begun: readonly Begun[]): Promise<void> {
    for (const each of begun) {
      const n = each.from / BLOCK;
      await this.draft.put([[documentsKey(this.id, n), storedRecord(DOCUMENTS, blockOf(each))]]);
      this.stored = Math.max(this.stored, n + 1);
    }
  }
}
/** A block that isn't full yet, or must not be written yet. */
interface Begun {
  from: number;
  files: DocumentBlock['files'];
  rows: ReadDocument[];
}
/** Place of the first document in the same block. */
const firstOf = (place: number): number => place - (place % BLOCK);

function blockOf({ from, files, rows }: Begun): DocumentBlock {
  const block: DocumentBlock = { version: 1, from, bytes: [], characters: [], sha256: [], title: [], files };
  for (const { title, sha256, characters, bytes, spans = {}, fields = {} } of rows) {
    block.bytes.push(bytes);
    block.characters.push(characters);
    block.sha256.push(sha256);
    block.title.push(title);
    const places = Object.entries(spans).map(([field, [from, to]]) => [field, [from, to] as Span] as const);
    if (block.spans || places.length > 0)
      block.spans = added(block, block.spans ?? {}, Object.fromEntries(places), NOWHERE);
    if (block.fields || Object.keys(fields).length > 0) block.fields = added(block, block.fields ?? {}, fields, null);
  }
  return block;
}
const MAX_NOTES = 20;
const whose = ([first, ...others]: readonly string[]): string =>
  others.length === 0 ? first! : `${first!} and ${counted(others.length, 'other')}`;

/** Appends the last document's values to the columns; `none` for columns that it lacks. */
function added<V>(
  { bytes }: DocumentBlock,
  columns: Record<string, V[]>,
  own: Readonly<Record<string, NonNullable<V>>>,
  none: V,
): Record<string, V[]> {
  for (const name of new Set([...Object.keys(columns), ...Object.keys(own)])) {
    const rows = (columns[name] ??= Array.from({ length: bytes.length - 1 }, () => none));
    rows.push(own[name] ?? none);
  }
  return columns;
}
const NOWHERE: Span = [0, 0];
type Span = [from: number, to: number];

/** @throws HomegrownError `storage-damaged`, `newer-version` */
export async function readBlock(store: BlobStore, { id, name }: TextRecord, n: number): Promise<DocumentBlock> {
  const block = await readRecord(store, documentsKey(id, n), DOCUMENTS);
  if (block?.from !== n * BLOCK) throw damaged(`Part ${n + 1} of the document list of ${name} is missing`);
  return block;
}

/**
 * Yields the whole document list of a text, block by block.
 * @throws HomegrownError `storage-damaged`, also if the record states another number of documents; `newer-version`
 */
export async function* blocksOf(store: BlobStore, text: TextRecord): AsyncGenerator<DocumentBlock> {
  let there = 0;
  const places = Array.from({ length: Math.ceil(text.documents / BLOCK) }, (_, n) => n);
  for await (const block of ahead(places, (n) => readBlock(store, text, n))) {
    there += block.bytes.length;
    yield block;
  }
  if (there !== text.documents)
    throw damaged(`The document list of ${text.name} has ${there} of ${text.documents} documents`);
}
