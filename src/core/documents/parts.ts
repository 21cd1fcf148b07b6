/** A document that is a ZIP file of parts that refer to each other: Office (ECMA-376 part 2), OpenDocument, EPUB. */
import { concatBytes } from '../base/concat';
import { badFile } from '../base/errors';
import { MAX_COMPRESSION_RATIO } from '../base/limits';
import { formatBytes } from '../base/units';
import { bytesSource } from '../files/byteSource';
import { type ZipEntry, zipEntries } from '../files/zipEntries';
import { MAX_PACKED_BYTES, MAX_PART_BYTES, MAX_PACKED_PARTS, PARTS_OF_ANY } from './limits';
import { MarkupParser } from './markupParser';
import type { OpenFile } from './formats/format';
import { readAllBytes } from './readAll';

/** A relation of a part to another part. */
interface Relation {
  /** Last segment of its type's URI, such as `worksheet`. */
  type: string;
  path: string;
}

export class Parts {
  /** Bytes that were read into memory or streamed. */
  private bytesRead = 0;
  private bytesStreamed = 0;

  private constructor(
    private readonly name: string,
    /** The format, such as "a Word document". */
    private readonly formatName: string,
    /** Bytes of the ZIP file. */
    readonly packedBytes: number,
    /** Entries by path, and by lower-case path unless another entry has it, because part names ignore case. */
    private readonly entries: ReadonlyMap<string, ZipEntry>,
  ) {}

  /** @throws HomegrownError `bad-file` */
  static async open(file: OpenFile, formatName: string): Promise<Parts> {
    const { name } = file;
    const bytes = await readAllBytes(file, MAX_PACKED_BYTES);
    if (OLD_OFFICE.every((byte, i) => bytes[i] === byte))
      throw badFile(
        `${name} has a password, or is in a format from before Office 2007.`,
        `Save it without a password as ${formatName}, and add that file.`,
      );
    const remedy = `Download it again, or open it in its app, save it as ${formatName}, and add that file.`;
    // Images of a single color compress far, so growth is unlimited here and bounded while reading.
    const limits = { growth: Infinity, remedy };
    const entries = await zipEntries(bytesSource(bytes), name, MAX_PACKED_PARTS, limits);
    const lowerCaseEntries = entries.map((entry) => [entry.path.toLowerCase(), entry] as const);
    return new Parts(
      name,
      formatName,
      bytes.length,
      new Map([...lowerCaseEntries, ...entries.map((entry) => [entry.path, entry] as const)]),
    );
  }

  /** The error for a missing essential part. */
  missingPart(path: string): Error {
    return badFile(
      `${this.name} is not ${this.formatName}: it has no ${path}.`,
      `Open it in its app, save it as ${this.formatName}, and add that file.`,
    );
  }

  /** The error for parts, or repeated reads of one part, that are too large for their packed bytes. */
  private expansionError(size: number): Error {
    return badFile(
      `${this.name} expands from ${formatBytes(this.packedBytes)} to more than ${formatBytes(size)}, which text never does.`,
      'Save it as plain text, and add that file.',
    );
  }

  has(path: string): boolean {
    return this.entry(path) !== undefined;
  }

  /** Unpacked bytes of a part; 0 if it is missing. */
  size(path: string): number {
    return this.entry(path)?.size ?? 0;
  }

  /**
   * Content of a part; null if it is missing.
   * @throws HomegrownError `bad-file` if it is damaged, or exceeds the limit of a part or of all
   */
  async bytes(path: string): Promise<Uint8Array | null> {
    const entry = this.entry(path);
    if (!entry) return null;
    this.bytesRead += entry.size;
    for (const [size, max] of [
      [entry.size, MAX_PART_BYTES],
      [this.bytesRead, MAX_PACKED_BYTES],
    ] as const)
      if (size > max)
        throw badFile(
          `${this.name} has a text of ${formatBytes(size)}; the maximum is ${formatBytes(max)}.`,
          'Split it into several files.',
        );
    if (this.bytesRead > PARTS_OF_ANY && this.bytesRead > this.packedBytes * MAX_COMPRESSION_RATIO)
      throw this.expansionError(this.bytesRead);
    const pieces: Uint8Array[] = [];
    for await (const piece of entry.bytes()) pieces.push(piece);
    return concatBytes(pieces);
  }

  /** Text of a part; like `bytes`. */
  async text(path: string): Promise<string | null> {
    const bytes = await this.bytes(path);
    return bytes && new TextDecoder(encodingOf(bytes)).decode(bytes);
  }

  /**
   * Characters of a part in pieces of any size; empty if it is missing.
   * @throws HomegrownError `bad-file` if it is damaged, or a ZIP bomb
   */
  async *stream(path: string): AsyncGenerator<string> {
    const entry = this.entry(path);
    if (!entry) return;
    if (entry.size > 1e6 && entry.size > entry.packed * MAX_COMPRESSION_RATIO)
      throw badFile(
        `${this.name}: ${path} expands from ${formatBytes(entry.packed)} to ${formatBytes(entry.size)}, which text never does.`,
        'Save it as plain text, and add that file.',
      );
    let decoder: TextDecoder | undefined;
    for await (const piece of entry.bytes()) {
      decoder ??= new TextDecoder(encodingOf(piece));
      // Doubles the limit, because a sheet is read twice: its start, then all of it.
      this.bytesStreamed += piece.length;
      if (this.bytesStreamed > PARTS_OF_ANY && this.bytesStreamed > 2 * this.packedBytes * MAX_COMPRESSION_RATIO)
        throw this.expansionError(this.bytesStreamed);
      yield decoder.decode(piece, { stream: true });
    }
    if (decoder) yield decoder.decode();
  }

  /** Relations of an Office part by id; external targets are left out. */
  async relations(path: string): Promise<ReadonlyMap<string, Relation>> {
    const [, folder = '', file = ''] = /^(.*\/)?([^/]*)$/.exec(path) ?? [];
    const relations = new Map<string, Relation>();
    eachElement((await this.text(`${folder}_rels/${file}.rels`)) ?? '', (name, { Id, Type, Target, TargetMode }) => {
      if (name !== 'Relationship' || Id === undefined || Target === undefined || TargetMode === 'External') return;
      relations.set(Id, { type: Type?.split('/').at(-1) ?? '', path: pathFrom(path, Target) });
    });
    return relations;
  }

  /**
   * Path of an Office document's main part.
   * @param element name of its root element
   * @param usualPath its usual path
   * @throws HomegrownError `bad-file` if it is missing, or belongs to another kind of document
   */
  async main(element: string, usualPath: string): Promise<string> {
    const relation = [...(await this.relations('')).values()].find(({ type }) => type === 'officeDocument');
    const path = relation?.path ?? usualPath;
    const names: string[] = [];
    eachElement((await this.text(path)) ?? '', (name) => {
      if (names.length === 0) names.push(name);
    });
    if (names[0] !== element) throw this.missingPart(usualPath);
    return path;
  }

  private entry(path: string): ZipEntry | undefined {
    return this.entries.get(path) ?? this.entries.get(path.toLowerCase());
  }
}

/** Calls `visit` for each XML element in order, with its local name and its attributes by full name. */
export function eachElement(
  xml: string,
  visit: (name: string, attributes: Readonly<Record<string, string | undefined>>) => void,
): void {
  const parser = new MarkupParser(
    { onopentag: (name, attributes) => visit(localName(name), attributes) },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
}

export const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Value of an attribute such as `r:id`, with any prefix. */
export const idIn = (attributes: Readonly<Record<string, string | undefined>>): string =>
  attributes['r:id'] ?? Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? '';

/** Path of a part that another part refers to, relative to its folder or from the root; drops a fragment. */
export function pathFrom(source: string, target: string): string {
  const path = decodeAddress(target.split('#')[0]!);
  const parts = path.startsWith('/') ? [] : source.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function decodeAddress(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

/** Encoding by the byte order mark; UTF-8 without one: https://www.w3.org/TR/xml/#charencoding */
function encodingOf([a, b]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  return a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
}

/** Signature of [MS-CFB], the container of old Office files and of encrypted ones. */
const OLD_OFFICE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
