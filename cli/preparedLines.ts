/** Documents as lines of JSON, with what is known of each. */
import type { BlobStore } from '../src/core/base/blobStore';
import type { Job } from '../src/core/base/job';
import { yieldToEventLoop } from '../src/core/base/job';
import { type Columns, documentsOf, type TextRecord } from '../src/core/documents';
import { blocksOf } from '../src/core/documents/blocks';
import { LONGEST_LINE } from '../src/core/documents/limits';

export interface Line {
  id: string;
  /** Of the file that it is in. */
  name: string;
  /** Where it is from, as it says itself; else the file. */
  source: string;
  title: string;
  /** As it says itself, else as it reads. */
  language: string;
  characters: number;
  date?: string;
  label?: string;
  /** Of a program. */
  code?: string;
  input?: string;
  target?: string;
  text: string;
}

/** One whose line would be longer than is read. */
export interface Long {
  /** Of the file that it is in. */
  name: string;
  characters: number;
}

/** U+FEFF is of the text: a reader has taken off the mark of a file. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * @param languageOf of a text that does not say it
 * @param most code units of a line
 */
export async function linesOf(
  store: BlobStore,
  text: TextRecord,
  languageOf: (text: string) => string,
  { signal, report }: Job,
  most = LONGEST_LINE,
): Promise<{ lines: readonly Line[]; long: readonly Long[] }> {
  const files: { at: number; name: string }[] = [];
  for await (const block of blocksOf(store, text)) files.push(...block.files);
  const documents = await documentsOf(store, text);
  const lines: Line[] = [];
  const long: Long[] = [];
  const taken = new Map<string, number>();
  let file = 0;
  for (const [i, { place = i, title, sha256, characters, chunks, fields = {}, spans }] of documents.entries()) {
    while (files[file + 1] && files[file + 1]!.at <= place) file++;
    const { name } = files[file]!;
    if (characters > most) {
      long.push({ name, characters });
      continue;
    }
    let whole = '';
    for await (const chunk of chunks()) whole += chunk;
    const short = sha256.slice(0, 16);
    const times = (taken.get(short) ?? 0) + 1;
    taken.set(short, times);
    const { source = name, language, ...others } = fields;
    const bytes = spans && new TextEncoder().encode(whole);
    const of = (field: string): string => utf8.decode(bytes!.subarray(...spans![field]!));
    const line: Line = {
      id: times === 1 ? short : `${short}-${times}`,
      name,
      source,
      title: title ?? name,
      language: language ?? languageOf(whole),
      characters,
      ...others,
      ...(spans && { input: of('input'), target: of('target') }),
      text: whole,
    };
    if (isLonger(line, most)) long.push({ name, characters });
    else lines.push(line);
    if (i % A_TURN !== 0) continue;
    report({ label: 'Telling languages', done: i, of: documents.length, unit: 'files' });
    await yieldToEventLoop();
    signal.throwIfAborted();
  }
  return { lines, long };
}
const A_TURN = 64;

/** Looked at in pieces: with its escapes a text may be longer than a string can be. */
function isLonger({ text, input = '', target = '', ...others }: Line, most: number): boolean {
  // A code unit is written as six at most, and of a pair each is there twice.
  if (text.length * 12 + MOST_OTHERS < most) return false;
  let units = JSON.stringify(others).length + '"text":,"input":,"target":,'.length;
  for (const each of [text, input, target])
    for (let at = 0; at < each.length; at += PIECE) units += JSON.stringify(each.slice(at, at + PIECE)).length;
  return units > most;
}
const PIECE = 2 ** 20;
const MOST_OTHERS = 2 ** 20;

/** What a run learns from them: pairs where all are, else their text; with what is known of any. */
export function columnsOf(lines: readonly Line[]): Columns {
  const some = (name: 'label' | 'date'): boolean => lines.some((line) => line[name] !== undefined);
  const about = {
    title: 'title',
    language: 'language',
    ...(some('label') && { label: 'label' }),
    ...(some('date') && { date: 'date' }),
  };
  return lines.every(({ input }) => input !== undefined)
    ? { input: 'input', target: 'target', ...about }
    : { text: 'text', ...about };
}
