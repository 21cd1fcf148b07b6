/** The list of a text's documents, block by block. */
import { ahead } from '../base/ahead';
import type { BlobStore, Json } from '../base/blobStore';
import { readRecord, storedRecord } from '../base/record';
import { counted } from '../base/units';
import type { ReadFile } from './readFile';
import { damaged } from './library';
import type { FormatId } from './read';
import { BLOCK, type DocumentBlock, DOCUMENTS, documentsKey, type TextRecord } from './record';

/** Gathers it while a text is read; with its sums, which the entry says. */
export class BlockWriter {
  readonly hashes: string[] = [];
  readonly names: string[] = [];
  readonly formats = new Set<FormatId>();
  size = 0;
  characters = 0;
  bytes = 0;
  private readonly blocks: DocumentBlock[] = [];
  /** Notes, and the files that they are told of. */
  private readonly told = new Map<string, string[]>();

  constructor(private readonly id: string) {}

  add({ name, size, format, notes, columns, documents }: ReadFile): void {
    const file = { name, size, format, notes: [...notes], ...(columns && { columns }) };
    for (const [i, { title, sha256, characters, bytes, spans = {}, fields = {} }] of documents.entries()) {
      const place = this.hashes.length;
      if (place % BLOCK === 0) this.blocks.push(emptyBlock(place));
      const block = this.blocks.at(-1)!;
      if (i === 0) block.files.push({ at: place, ...file });
      block.bytes.push(bytes);
      block.characters.push(characters);
      block.sha256.push(sha256);
      block.title.push(title);
      const places = Object.entries(spans).map(([field, [from, to]]) => [field, [from, to] as Span] as const);
      if (block.spans || places.length > 0)
        block.spans = added(block, block.spans ?? {}, Object.fromEntries(places), NOWHERE);
      if (block.fields || Object.keys(fields).length > 0) block.fields = added(block, block.fields ?? {}, fields, null);
      this.hashes.push(sha256);
      this.characters += characters;
      this.bytes += bytes;
    }
    this.names.push(name);
    this.formats.add(format);
    this.size += size;
    for (const note of notes) {
      const names = this.told.get(note);
      if (names) names.push(name);
      else this.told.set(note, [name]);
    }
  }

  /** Each once, with whose it is where there are several files; not more than a person reads. */
  notes(): string[] {
    const lines = [...this.told].map(([note, names]) => (this.names.length === 1 ? note : `${whose(names)}: ${note}`));
    const more = lines.length - MOST_NOTES;
    return more > 0 ? [...lines.slice(0, MOST_NOTES), `And ${more} more, at their documents`] : lines;
  }

  records(): [string, Json][] {
    return this.blocks.map((block, n) => [documentsKey(this.id, n), storedRecord(DOCUMENTS, block)]);
  }
}
const MOST_NOTES = 20;
const whose = ([first, ...others]: readonly string[]): string =>
  others.length === 0 ? first! : `${first!} and ${counted(others.length, 'other')}`;

const emptyBlock = (from: number): DocumentBlock => {
  return { version: 1, from, bytes: [], characters: [], sha256: [], title: [], files: [] };
};

/** Columns with the last document's values; of those that others have and it has not, `none`. */
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
  if (block?.from !== n * BLOCK) throw damaged(`Part ${n + 1} of the list of documents of ${name} is missing`);
  return block;
}

/**
 * All of a text's list, block by block.
 * @throws HomegrownError `storage-damaged`, also where it is not of as many documents as the entry says; `newer-version`
 */
export async function* blocksOf(store: BlobStore, text: TextRecord): AsyncGenerator<DocumentBlock> {
  let there = 0;
  const places = Array.from({ length: Math.ceil(text.documents / BLOCK) }, (_, n) => n);
  for await (const block of ahead(places, (n) => readBlock(store, text, n))) {
    there += block.bytes.length;
    yield block;
  }
  if (there !== text.documents)
    throw damaged(`The list of documents of ${text.name} has ${there} of ${text.documents}`);
}
