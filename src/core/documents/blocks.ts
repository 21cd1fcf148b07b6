/** The list of a text's documents, block by block. */
import type { BlobStore, Json } from '../base/blobStore';
import { readRecord, storedRecord } from '../base/record';
import type { ReadFile } from './import';
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
  private readonly told: { name: string; note: string }[] = [];

  constructor(private readonly id: string) {}

  add({ name, sha256, size, characters, bytes, format, notes }: ReadFile): void {
    const place = this.hashes.length;
    if (place % BLOCK === 0) this.blocks.push(emptyBlock(place));
    const block = this.blocks.at(-1)!;
    block.bytes.push(bytes);
    block.characters.push(characters);
    block.sha256.push(sha256);
    block.title.push(name);
    block.files.push({ at: place, name, size, format, notes: [...notes] });
    this.hashes.push(sha256);
    this.names.push(name);
    this.formats.add(format);
    this.size += size;
    this.characters += characters;
    this.bytes += bytes;
    for (const note of notes) this.told.push({ name, note });
  }

  /** Whose they are, where there are several files; not more than a person reads. */
  notes(): string[] {
    const lines = this.told.map(({ name, note }) => (this.hashes.length === 1 ? note : `${name}: ${note}`));
    const more = lines.length - MOST_NOTES;
    return more > 0 ? [...lines.slice(0, MOST_NOTES), `And ${more} more, at their documents`] : lines;
  }

  records(): [string, Json][] {
    return this.blocks.map((block, n) => [documentsKey(this.id, n), storedRecord(DOCUMENTS, block)]);
  }
}
const MOST_NOTES = 20;

const emptyBlock = (from: number): DocumentBlock => {
  return { version: 1, from, bytes: [], characters: [], sha256: [], title: [], files: [] };
};

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
  for (let n = 0; n * BLOCK < text.documents; n++) {
    const block = await readBlock(store, text, n);
    there += block.bytes.length;
    yield block;
  }
  if (there !== text.documents)
    throw damaged(`The list of documents of ${text.name} has ${there} of ${text.documents}`);
}
