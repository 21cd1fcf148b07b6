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
  /** Hash of all documents so far. */
  private readonly textHash = new HashOfMany();
  /** State at the start of the current file. */
  private fileStart = this.mark();
  /** Hash of the current file's documents. */
  private fileHash = new HashOfMany();
  /** Distinct labels of finished files, and of the current file. */
  private readonly labels = new Set<string>();
  private readonly fileLabels = new Set<string>();
  /** Blocks that aren't written yet, in order. */
  private pendingBlocks: PendingBlock[] = [];
  /** Number of blocks in the store, including rolled-back ones. */
  private storedBlockCount = 0;
  /** Files that each note applies to, by note. */
  private readonly noteFiles = new Map<string, string[]>();

  constructor(
    private readonly id: string,
    private readonly draft: Draft,
  ) {}

  /** Adds a document to the current file. */
  async add(document: ReadDocument): Promise<void> {
    if (this.documents % BLOCK === 0) {
      const fileBlockStart = blockStart(this.fileStart.documents);
      await this.write(this.pendingBlocks.filter(({ from }) => from !== fileBlockStart));
      this.pendingBlocks = this.pendingBlocks.filter(({ from }) => from === fileBlockStart);
      this.pendingBlocks.push({ from: this.documents, files: [], rows: [] });
    }
    this.pendingBlocks.at(-1)!.rows.push(document);
    await this.fileHash.add(document.sha256);
    await this.textHash.add(document.sha256);
    this.documents++;
    this.characters += document.characters;
    this.bytes += document.bytes;
    const label = document.fields?.['label']?.trim();
    if (label && this.fileLabels.size <= MAX_CLASSIFIER_LABELS) this.fileLabels.add(label);
  }

  /** Hash of the documents of the current file, which then ends or is rolled back. */
  hashOfFile(): Promise<string> {
    return this.fileHash.hex();
  }

  /** Ends the current file, after all its documents were added. */
  end({ name, size, format, notes, columns }: ReadFile): void {
    const firstDocument = this.fileStart.documents;
    if (this.documents > firstDocument) {
      const block = this.pendingBlocks.find(({ from }) => from === blockStart(firstDocument))!;
      block.files.push({ at: firstDocument, name, size, format, notes: [...notes], ...(columns && { columns }) });
    }
    this.names.push(name);
    this.formats.add(format);
    this.size += size;
    for (const note of notes) {
      const names = this.noteFiles.get(note);
      if (names) names.push(name);
      else this.noteFiles.set(note, [name]);
    }
    for (const label of this.fileLabels) if (this.labels.size <= MAX_CLASSIFIER_LABELS) this.labels.add(label);
    this.fileLabels.clear();
    this.fileStart = this.mark();
    this.fileHash = new HashOfMany();
  }

  /** Number of distinct labels; undefined if there are fewer than two, or too many. */
  labelCount(): number | undefined {
    const { size } = this.labels;
    return size >= 2 && size <= MAX_CLASSIFIER_LABELS ? size : undefined;
  }

  /** Rolls back the current file. */
  rollBack(): void {
    const { hash, ...totals } = this.fileStart;
    Object.assign(this, totals);
    this.textHash.rollBack(hash);
    this.fileLabels.clear();
    this.fileHash = new HashOfMany();
    this.pendingBlocks = this.pendingBlocks.filter(({ from }) => from < this.documents);
    for (const { from, rows } of this.pendingBlocks) rows.length = Math.min(rows.length, this.documents - from);
  }

  /** Hash of all documents; ends the hashing. */
  hash(): Promise<string> {
    return this.textHash.hex();
  }

  /** Distinct notes, with file names if there are several files; at most MAX_NOTES, plus a line for the others. */
  notes(): string[] {
    const lines = [...this.noteFiles].map(([note, names]) =>
      this.names.length === 1 ? note : `${describeFiles(names)}: ${note}`,
    );
    const remaining = lines.length - MAX_NOTES;
    return remaining > 0 ? [...lines.slice(0, MAX_NOTES), `And ${remaining} more, shown with their documents`] : lines;
  }

  /** Writes the remaining blocks. @returns written keys that aren't part of the list */
  async finish(): Promise<readonly string[]> {
    await this.write(this.pendingBlocks);
    this.pendingBlocks = [];
    const blockCount = Math.ceil(this.documents / BLOCK);
    return Array.from({ length: Math.max(0, this.storedBlockCount - blockCount) }, (_, i) =>
      documentsKey(this.id, blockCount + i),
    );
  }

  private mark() {
    const { documents, characters, bytes } = this;
    return { documents, characters, bytes, hash: this.textHash.mark() };
  }
  private async write(blocks: readonly PendingBlock[]): Promise<void> {
    for (const block of blocks) {
      const index = block.from / BLOCK;
      await this.draft.put([[documentsKey(this.id, index), storedRecord(DOCUMENTS, toDocumentBlock(block))]]);
      this.storedBlockCount = Math.max(this.storedBlockCount, index + 1);
    }
  }
}
/** A block that isn't full yet, or must not be written yet. */
interface PendingBlock {
  from: number;
  files: DocumentBlock['files'];
  rows: ReadDocument[];
}
/** Place of the first document in the same block. */
const blockStart = (place: number): number => place - (place % BLOCK);

function toDocumentBlock({ from, files, rows }: PendingBlock): DocumentBlock {
  const block: DocumentBlock = { version: 1, from, bytes: [], characters: [], sha256: [], title: [], files };
  for (const { title, sha256, characters, bytes, spans = {}, fields = {} } of rows) {
    block.bytes.push(bytes);
    block.characters.push(characters);
    block.sha256.push(sha256);
    block.title.push(title);
    const spanEntries = Object.entries(spans).map(([field, [from, to]]) => [field, [from, to] as Span] as const);
    if (block.spans || spanEntries.length > 0)
      block.spans = appendToColumns(block, block.spans ?? {}, Object.fromEntries(spanEntries), NO_SPAN);
    if (block.fields || Object.keys(fields).length > 0)
      block.fields = appendToColumns(block, block.fields ?? {}, fields, null);
  }
  return block;
}
const MAX_NOTES = 20;
const describeFiles = ([first, ...others]: readonly string[]): string =>
  others.length === 0 ? first! : `${first!} and ${counted(others.length, 'other')}`;

/** Appends the last document's values to the columns; `missingValue` for columns that it lacks. */
function appendToColumns<V>(
  { bytes }: DocumentBlock,
  columns: Record<string, V[]>,
  values: Readonly<Record<string, NonNullable<V>>>,
  missingValue: V,
): Record<string, V[]> {
  for (const name of new Set([...Object.keys(columns), ...Object.keys(values)])) {
    const rows = (columns[name] ??= Array.from({ length: bytes.length - 1 }, () => missingValue));
    rows.push(values[name] ?? missingValue);
  }
  return columns;
}
const NO_SPAN: Span = [0, 0];
type Span = [from: number, to: number];

/** @throws HomegrownError `storage-damaged`, `newer-version` */
export async function readBlock(store: BlobStore, { id, name }: TextRecord, index: number): Promise<DocumentBlock> {
  const block = await readRecord(store, documentsKey(id, index), DOCUMENTS);
  if (block?.from !== index * BLOCK) throw damaged(`Part ${index + 1} of the document list of ${name} is missing`);
  return block;
}

/**
 * Yields the whole document list of a text, block by block.
 * @throws HomegrownError `storage-damaged`, also if the record states another number of documents; `newer-version`
 */
export async function* blocksOf(store: BlobStore, text: TextRecord): AsyncGenerator<DocumentBlock> {
  let documentCount = 0;
  const indices = Array.from({ length: Math.ceil(text.documents / BLOCK) }, (_, index) => index);
  for await (const block of ahead(indices, (index) => readBlock(store, text, index))) {
    documentCount += block.bytes.length;
    yield block;
  }
  if (documentCount !== text.documents)
    throw damaged(`The document list of ${text.name} has ${documentCount} of ${text.documents} documents`);
}
