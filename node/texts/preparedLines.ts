/** Documents as lines of JSON. They are read from the store when needed and never held in memory. */
import type { BlobStore } from '../../src/core/base/blobStore';
import type { Document } from '../../src/core/base/document';
import type { Job } from '../../src/core/base/job';
import { yieldToEventLoop } from '../../src/core/base/job';
import { type Columns, documentsIn, type TextRecord } from '../../src/core/documents';
import { blocksOf } from '../../src/core/documents/blocks';
import { LANGUAGE_SAMPLE } from '../../src/core/documents/language';
import { BEYOND_LATIN_1 } from '../../src/core/documents/jsonScan';
import { MAX_LINE_LENGTH } from '../../src/core/documents/limits';

/** A line, without its text. */
interface LineStart {
  id: string;
  /** Name of its file. */
  name: string;
  /** Source stated by the document, or the file. */
  source: string;
  title: string;
  /** Language stated by the document, or detected. */
  language: string;
  characters: number;
  date?: string;
  label?: string;
  /** Programming language. */
  code?: string;
  input?: string;
  target?: string;
}

/** A document that is too long for a line. */
export interface TooLong {
  /** Name of its file. */
  name: string;
  characters: number;
}

export interface PreparedLines {
  documents: number;
  characters: number;
  /** UTF-8 bytes of all lines. */
  bytes: number;
  /** Number of documents by language. */
  languages: ReadonlyMap<string, number>;
  /** Names of their files. */
  names: ReadonlySet<string>;
  columns: Columns;
  long: readonly TooLong[];
  /** Restarts at the first line on each call. */
  chunks(signal: AbortSignal): AsyncGenerator<Uint8Array>;
}

/** U+FEFF is part of the text: a reader has already removed a file's byte order mark. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Surveys the documents of a text in one pass.
 * @param languageOf detects the language of a document that doesn't state it
 * @param most code units per line
 */
export async function surveyLines(
  store: BlobStore,
  text: TextRecord,
  languageOf: (text: string) => string,
  { signal, report }: Job,
  max = MAX_LINE_LENGTH,
): Promise<PreparedLines> {
  const [long, leftOut]: [TooLong[], Set<number>] = [[], new Set()];
  const [ids, columns, detected] = [new Ids(text.documents), new ColumnSurvey(), new DetectedLanguages(text.documents)];
  const [languages, names] = [new Map<string, number>(), new Set<string>()];
  let [documents, characters, bytes, i] = [0, 0, 0, 0];
  for await (const { document, name } of namedDocuments(store, text)) {
    const language = document.fields?.['language'] ?? detected.add(i, languageOf(await beginning(document)));
    const size = document.characters > max ? Infinity : await sizeOf(document, { name, language }, max);
    if (size === Infinity) {
      leftOut.add(i);
      long.push({ name, characters: document.characters });
    } else {
      ids.add(document);
      columns.add(document);
      languages.set(language, (languages.get(language) ?? 0) + 1);
      names.add(name);
      documents++;
      characters += document.characters;
      bytes += size;
    }
    if (i++ % DOCUMENTS_PER_TURN !== 0) continue;
    report({ label: 'Detecting languages', done: i, of: text.documents, unit: 'files' });
    await yieldToEventLoop();
    signal.throwIfAborted();
  }
  const repeatedIds = ids.repeated();
  async function* chunks(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const idCounts = new Map<string, number>();
    let [i, pending] = [0, ''];
    for await (const { document, name } of namedDocuments(store, text)) {
      signal.throwIfAborted();
      const place = i++;
      if (leftOut.has(place)) continue;
      const shortId = shortIdOf(document);
      const occurrence = (idCounts.get(shortId) ?? 0) + 1;
      if (repeatedIds.has(shortId)) idCounts.set(shortId, occurrence);
      const language = document.fields?.['language'] ?? detected.at(place);
      for await (const piece of lineOf(document, { id: idOf(shortId, occurrence), name, language })) {
        pending += piece;
        if (pending.length < CHUNK_LENGTH) continue;
        yield Buffer.from(pending);
        pending = '';
      }
    }
    yield Buffer.from(pending);
  }
  return {
    ...{ documents, characters, languages, names, long, chunks },
    bytes: bytes + ids.suffixBytes(),
    columns: columns.all(),
  };
}
/** Documents between two checks of the signal; code units of a piece of the file, at least. */
const DOCUMENTS_PER_TURN = 64;
const CHUNK_LENGTH = 2 ** 16;

/** Returns each document with the name of its file. */
async function* namedDocuments(
  store: BlobStore,
  text: TextRecord,
): AsyncGenerator<{ document: Document; name: string }> {
  const files: { at: number; name: string }[] = [];
  for await (const block of blocksOf(store, text)) for (const { at, name } of block.files) files.push({ at, name });
  let [file, i] = [0, 0];
  for await (const document of documentsIn(store, text)) {
    const { place = i } = document;
    while (files[file + 1] && files[file + 1]!.at <= place) file++;
    yield { document, name: files[file]!.name };
    i++;
  }
}

/** Enough of a text to detect its language. */
async function beginning({ chunks }: Document): Promise<string> {
  let text = '';
  for await (const chunk of chunks()) {
    text += chunk;
    if (text.length >= LANGUAGE_SAMPLE) break;
  }
  return text;
}

/**
 * UTF-8 bytes of a line with a unique id; `Infinity` if it is longer than `most` code units, or half as many outside
 * Latin-1, where a text takes twice the memory.
 */
async function sizeOf(document: Document, origin: Pick<LineStart, 'name' | 'language'>, max: number): Promise<number> {
  let [units, bytes, isWide] = [SUFFIX, 0, false];
  for await (const piece of lineOf(document, { id: shortIdOf(document), ...origin })) {
    units += piece.length;
    bytes += Buffer.byteLength(piece);
    isWide ||= BEYOND_LATIN_1.test(piece);
    if (units * (isWide ? 2 : 1) > max) return Infinity;
  }
  return bytes;
}
/** Code units reserved for the suffix of an id. */
const SUFFIX = 16;

/** Returns a line in pieces, with its line break. */
async function* lineOf(
  document: Document,
  { id, name, language: detected }: Pick<LineStart, 'id' | 'name' | 'language'>,
): AsyncGenerator<string> {
  const { title, characters, fields = {}, spans, chunks } = document;
  const { source = name, language = detected, ...others } = fields;
  const start: LineStart = {
    ...{ id, name, source, title: title ?? name, language, characters },
    ...others,
    ...(spans && (await pairOf(document, spans))),
  };
  yield `${JSON.stringify(start).slice(0, -1)},"text":"`;
  // A chunk ends between two characters, so each is escaped by itself.
  for await (const chunk of chunks()) yield JSON.stringify(chunk).slice(1, -1);
  yield '"}\n';
}

/** Returns the fields of a pair. */
async function pairOf(
  { chunks }: Document,
  spans: NonNullable<Document['spans']>,
): Promise<{ input: string; target: string }> {
  let content = '';
  for await (const chunk of chunks()) content += chunk;
  const bytes = new TextEncoder().encode(content);
  const fieldText = (field: string): string => utf8.decode(bytes.subarray(...spans[field]!));
  return { input: fieldText('input'), target: fieldText('target') };
}

const shortIdOf = ({ sha256 }: Document): string => sha256.slice(0, 16);
const idOf = (shortId: string, times: number): string => (times === 1 ? shortId : `${shortId}-${times}`);

/** Finds ids that several documents would have, in 8 bytes per document. */
class Ids {
  private readonly all: BigUint64Array;
  private count = 0;
  /** Number of documents of an id, if several have it. */
  private readonly times = new Map<string, number>();

  constructor(documents: number) {
    this.all = new BigUint64Array(documents);
  }

  add(document: Document): void {
    this.all[this.count++] = BigInt(`0x${shortIdOf(document)}`);
  }

  /** Called once, after the last document. */
  repeated(): ReadonlySet<string> {
    const sorted = this.all.subarray(0, this.count).sort();
    for (let i = 1; i < sorted.length; i++) {
      if (sorted[i] !== sorted[i - 1]) continue;
      const id = sorted[i]!.toString(16).padStart(16, '0');
      this.times.set(id, (this.times.get(id) ?? 1) + 1);
    }
    return new Set(this.times.keys());
  }

  /** Number of repeated ids. */
  suffixBytes(): number {
    let bytes = 0;
    for (const [id, times] of this.times)
      for (let time = 2; time <= times; time++) bytes += idOf(id, time).length - id.length;
    return bytes;
  }
}

/** Detected languages, one byte per document. */
class DetectedLanguages {
  private readonly codes: string[] = [];
  private readonly all: Uint8Array;

  constructor(documents: number) {
    this.all = new Uint8Array(documents);
  }

  add(place: number, language: string): string {
    const index = this.codes.indexOf(language);
    this.all[place] = index < 0 ? this.codes.push(language) - 1 : index;
    return language;
  }

  at(place: number): string {
    return this.codes[this.all[place]!]!;
  }
}

/** Columns that a run reads: pairs if all are pairs, otherwise the text, and any other known field. */
class ColumnSurvey {
  private arePairs = true;
  private readonly known = new Set<string>();

  add({ fields = {}, spans }: Document): void {
    this.arePairs &&= spans !== undefined;
    for (const name of Object.keys(fields)) this.known.add(name);
  }

  all(): Columns {
    const otherColumns = {
      title: 'title',
      language: 'language',
      ...(this.known.has('label') && { label: 'label' }),
      ...(this.known.has('date') && { date: 'date' }),
    };
    return this.arePairs ? { input: 'input', target: 'target', ...otherColumns } : { text: 'text', ...otherColumns };
  }
}
