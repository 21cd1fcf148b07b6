/** Benchmarks reading and cleaning files in one thread: speed, memory and blocking of the event loop. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BlobStore } from '../src/core/base/blobStore';
import { unwatched } from '../src/core/base/job';
import { documentsIn, importDrop, type TextRecord, type TextSource } from '../src/core/documents';
import { cleanText } from '../src/core/documents/clean/cleanText';
import { noCleaners, type StartCleaners } from '../src/core/documents/clean/workerPool';
import { Preview } from '../src/core/documents/clean/preview';
import { NO_RECIPE, type Recipe } from '../src/core/documents/clean/recipe';
import { sampleOf } from '../src/core/documents/clean/sample';
import { once } from '../src/core/files/byteSource';
import { buildShards } from '../src/core/shards/build';
import { pdfOf } from '../src/testing/pdf';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { trainTokenizer } from '../src/core/tokenizer/train';
import { buildSamples } from '../scripts/samples';
import { grown, RECIPES } from './cleaning';
import { folderStore } from './folderStore';

export interface TextReport {
  name: string;
  files: number;
  documents: number;
  bytes: number;
  seconds: number;
  /** Processor time of all threads, which is meaningful on shared cores. */
  processorSeconds: number;
  megabytesPerSecond: number;
  /** Peak resident memory above the start, in MB. */
  peakMB: number;
  /** JavaScript's part of it: V8's heap, including garbage, and external bytes. */
  heapMB: number;
  /** Longest delay of the event loop, in milliseconds. */
  longestTurnMs: number;
}

/** @param large size in MB of the texts to read, tokenize and shard */
export async function benchText(large: number, cleaners: StartCleaners, only?: string): Promise<TextReport[]> {
  const book = buildSamples().find(({ sample }) => sample.file.startsWith('moby'))!.text;
  const reports: TextReport[] = [];
  for (const [name, begin] of Object.entries(cases(book, large * MB, cleaners))) {
    if (only !== undefined && name !== only) continue;
    const store = await folderStore();
    try {
      const { files, work } = await begin(store);
      reports.push({ name, files, ...(await watched(work)) });
    } finally {
      await store.remove();
    }
  }
  return reports;
}
const MB = 1e6;
const encoder = new TextEncoder();
/** Bytes of the text to measure rules on. */
const RULED = 40 * MB;

/** Prepares the input, and returns the work to measure. */
type Case = (store: BlobStore) => Promise<{ files: number; work: () => Promise<Text> }>;
type Text = Pick<TextReport, 'documents' | 'bytes'>;

function cases(book: string, large: number, cleaners: StartCleaners) {
  const bytes = encoder.encode(book);
  return {
    'plain text': reading(() => [repeated('plain.txt', bytes, 200 * MB)]),
    'small files': reading(() => Array.from({ length: 100_000 }, (_, i) => small(i, bytes))),
    'a table of 1 M rows': reading(() => [tableOf(1_000_000)]),
    '200 PDFs of 10 pages': reading(() => Array.from({ length: 200 }, (_, i) => pdf(i, bytes))),
    'read, tokenised and sharded': learning(book, repeated('large.txt', bytes, large), NO_RECIPE),
    'ten rules': cleaning(grown(book, RULED, 'one'), RECIPES['ten rules']),
    'ten rules, documents of 4 KB': cleaning(grown(book, RULED, 'many'), RECIPES['ten rules']),
    'language and quality': cleaning(grown(book, RULED, 'one'), RECIPES['language and quality']),
    'language and quality, documents of 4 KB': cleaning(grown(book, RULED, 'many'), RECIPES['language and quality']),
    'ten rules, on every core': cleaning(grown(book, RULED, 'one'), RECIPES['ten rules'], cleaners),
    'ten rules, documents of 4 KB, on every core': cleaning(grown(book, RULED, 'many'), RECIPES['ten rules'], cleaners),
    'language and quality, documents of 4 KB, on every core': cleaning(
      grown(book, RULED, 'many'),
      RECIPES['language and quality'],
      cleaners,
    ),
    'a preview of ten rules, the first changed': previewing(grown(book, 20 * MB, 'one'), RECIPES['ten rules']),
    'a preview of ten rules, the first changed, documents of 4 KB': previewing(
      grown(book, 20 * MB, 'many'),
      RECIPES['ten rules'],
    ),
    'read, cleaned, tokenized and sharded': learning(book, grown(book, large, 'one'), RECIPES.recommended),
    'read, cleaned, tokenized and sharded, documents of 4 KB': learning(
      book,
      grown(book, large, 'many'),
      RECIPES.recommended,
    ),
  } as const satisfies Record<string, Case>;
}
export const TEXT_CASES = Object.keys(cases('', 0, noCleaners)) as (keyof ReturnType<typeof cases>)[];

function reading(make: () => readonly TextSource[]): Case {
  return (store) => {
    const sources = make();
    const work = async (): Promise<Text> => {
      const { documents, size: bytes } = await read(store, sources);
      return { documents, bytes };
    };
    return Promise.resolve({ files: sources.length, work });
  };
}

function cleaning(source: TextSource, recipe: Recipe, cleaners = noCleaners): Case {
  return async (store) => {
    const text = await read(store, [source]);
    const work = async (): Promise<Text> => {
      await cleanText(store, text, recipe, { at: 0 }, unwatched, cleaners);
      return text;
    };
    return { files: 1, work };
  };
}

/** Previews the whole text after a change of the first rule, with all rules after it. */
function previewing(source: TextSource, recipe: Recipe): Case {
  return async (store) => {
    const text = await read(store, [source]);
    const preview = new Preview(await sampleOf(store, [text], unwatched));
    const look = { step: null, at: 0 };
    await preview.of(recipe, look, unwatched);
    const [first, ...others] = recipe.steps;
    const changed = { ...recipe, steps: [{ ...first!, settings: { form: 'NFKC' } }, ...others] };
    const work = async (): Promise<Text> => {
      await preview.of(changed, look, unwatched);
      return text;
    };
    return { files: 1, work };
  };
}

/** Tokenizes and shards a text with a tokenizer trained on the book. */
function learning(book: string, source: TextSource, recipe: Recipe): Case {
  return async (store) => {
    const document = { sha256: '', characters: book.length, bytes: book.length, chunks: () => once(book) };
    const tokenizer = await createTokenizer(
      await trainTokenizer({ kind: 'bpe', vocabulary: 8192 }, [document], unwatched),
    );
    const work = async (): Promise<Text> => {
      const text = await read(store, [source]);
      const isCleaned = recipe.steps.length > 0;
      const cleaned = isCleaned ? (await cleanText(store, text, recipe, { at: 0 }, unwatched)).text! : text;
      const split = { validation: 0.05, test: 0, seed: 1 };
      await buildShards(documentsIn(store, cleaned), tokenizer, split, store, unwatched);
      return text;
    };
    return { files: 1, work };
  };
}

async function read(store: BlobStore, sources: readonly TextSource[]): Promise<TextRecord> {
  const { text, refused } = await importDrop(sources, store, { addedAt: 0 }, unwatched);
  if (!text) throw refused[0]?.error ?? new Error('nothing was read');
  return text;
}

async function watched(work: () => Promise<Text>): Promise<Omit<TextReport, 'name' | 'files'>> {
  const turns = monitorEventLoopDelay({ resolution: 5 });
  collectGarbage();
  const start = process.memoryUsage();
  const used = ({ heapUsed, external }: NodeJS.MemoryUsage): number => heapUsed + external;
  const peak = { rss: 0, heap: 0 };
  const look = (): void => {
    const now = process.memoryUsage();
    peak.rss = Math.max(peak.rss, now.rss - start.rss);
    peak.heap = Math.max(peak.heap, used(now) - used(start));
  };
  const watch = setInterval(look, 20);
  turns.enable();
  const [from, processor] = [performance.now(), process.cpuUsage()];
  const { documents, bytes } = await work();
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(processor);
  turns.disable();
  clearInterval(watch);
  look();
  return {
    documents,
    bytes,
    seconds,
    processorSeconds: (user + system) / 1e6,
    megabytesPerSecond: bytes / MB / seconds,
    peakMB: peak.rss / MB,
    heapMB: peak.heap / MB,
    longestTurnMs: turns.max / 1e6,
  };
}

/** Collects garbage, so that preparation does not count. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Repeats a book, with a number before each copy, up to a size. */
function repeated(name: string, book: Uint8Array, size: number): TextSource {
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0, n = 0; at < size; n++) {
      const head = encoder.encode(`\nCopy ${n}\n`);
      yield await Promise.resolve(head);
      for (let from = 0; from < book.length; from += PIECE) yield book.subarray(from, from + PIECE);
      at += head.length + book.length;
    }
  };
  return { name, size, stream };
}
/** Bytes per chunk, as in a browser's streams. */
const PIECE = 2 ** 16;

function small(i: number, book: Uint8Array): TextSource {
  const from = (i * 997) % (book.length - 2000);
  // Cuts anywhere, also within a character. The number makes each file distinct.
  const bytes = encoder.encode(`${i}\n${new TextDecoder().decode(book.subarray(from, from + 800))}`);
  return { name: `files/${i}.txt`, size: bytes.length, stream: () => once(bytes) };
}

function tableOf(rows: number): TextSource {
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    let piece = 'id,text,label\n';
    for (let i = 0; i < rows; i++) {
      piece += `${i},"The whale came up beside the boat, ${i} times, and nobody said a word",${i % 5}\n`;
      if (piece.length < PIECE) continue;
      yield await Promise.resolve(encoder.encode(piece));
      piece = '';
    }
    yield encoder.encode(piece);
  };
  return { name: 'rows.csv', size: 0, stream, table: { format: 'csv', columns: { text: 'text', label: 'label' } } };
}

/** PDF of ten pages of forty lines. */
function pdf(i: number, book: Uint8Array): TextSource {
  const lines = new TextDecoder().decode(book.subarray(40_000 + 5000 * (i % 200), 80_000 + 5000 * (i % 200)));
  const words = lines.replace(/[^\x20-\x7e]+/g, ' ').split(' ');
  const line = (n: number): string => words.slice(12 * n, 12 * (n + 1)).join(' ');
  const pages = Array.from({ length: 10 }, (_, page) =>
    Array.from({ length: 40 }, (_, n) => ({ text: `${line(40 * page + n)} ${i}`, x: 60, y: 740 - 16 * n })),
  );
  const bytes = pdfOf(pages);
  return { name: `${i}.pdf`, size: bytes.length, stream: () => once(bytes) };
}
