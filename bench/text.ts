/** Reading what people have into documents, in one thread: how fast, in how much memory, and for how long nothing else gets a turn. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BlobStore } from '../src/core/base/blobStore';
import { unwatched } from '../src/core/base/job';
import { importDrop, type TextSource } from '../src/core/documents';
import { once } from '../src/core/files/byteSource';
import { pdfOf } from '../src/core/testing/pdf';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { trainTokenizer } from '../src/core/tokenizer/train';
import { buildData } from '../src/workers/data';
import { buildSamples } from '../scripts/samples';
import { folderStore } from './folderStore';

export interface TextReport {
  name: string;
  files: number;
  documents: number;
  bytes: number;
  seconds: number;
  /** Of the processor, all threads: what says something where cores are shared. */
  processorSeconds: number;
  megabytesPerSecond: number;
  /** Resident memory at its highest above the start, in MB. */
  peakMB: number;
  /** The longest that the event loop waited, in milliseconds. */
  longestTurnMs: number;
}

/** @param large megabytes of the text that is read, tokenised and sharded */
export async function benchText(large: number, only?: keyof typeof CASES): Promise<TextReport[]> {
  const book = new TextEncoder().encode(buildSamples().find(({ sample }) => sample.file.startsWith('moby'))!.text);
  const reports: TextReport[] = [];
  for (const name of TEXT_CASES) {
    if (only !== undefined && name !== only) continue;
    reports.push(await measured(name, CASES[name](book, large), name === LARGE ? book : undefined));
  }
  return reports;
}
const MB = 1e6;
const LARGE = 'read, tokenised and sharded';
const CASES = {
  'plain text': (book) => [repeated('plain.txt', book, 200 * MB)],
  'small files': (book) => Array.from({ length: 100_000 }, (_, i) => small(i, book)),
  'a table of 1 M rows': () => [tableOf(1_000_000)],
  '200 PDFs of 10 pages': (book) => Array.from({ length: 200 }, (_, i) => pdf(i, book)),
  [LARGE]: (book, large) => [repeated('large.txt', book, large * MB)],
} as const satisfies Record<string, (book: Uint8Array, large: number) => readonly TextSource[]>;
export const TEXT_CASES = Object.keys(CASES) as (keyof typeof CASES)[];

/** @param book that a tokenizer learns from, where what was read is tokenised and sharded too */
async function measured(name: string, sources: readonly TextSource[], book?: Uint8Array): Promise<TextReport> {
  const store = await folderStore();
  try {
    return await measuredOver(store, name, sources, book);
  } finally {
    await store.remove();
  }
}

async function measuredOver(
  store: BlobStore,
  name: string,
  sources: readonly TextSource[],
  book?: Uint8Array,
): Promise<TextReport> {
  const tokenizer = book && (await tokenizerOf(book));
  const turns = monitorEventLoopDelay({ resolution: 5 });
  globalThis.gc?.();
  const start = process.memoryUsage.rss();
  let peak = start;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  turns.enable();
  const [from, processor] = [performance.now(), process.cpuUsage()];
  const { text } = await importDrop(sources, store, { addedAt: 0 }, unwatched);
  if (!text) throw new Error(`${name}: nothing was read`);
  if (tokenizer) await buildData(store, [text.id], tokenizer, { validation: 0.05, test: 0, seed: 1 }, unwatched);
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(processor);
  turns.disable();
  clearInterval(watch);
  return {
    name,
    files: sources.length,
    documents: text.documents,
    bytes: text.size,
    seconds,
    processorSeconds: (user + system) / 1e6,
    megabytesPerSecond: text.size / MB / seconds,
    peakMB: (Math.max(peak, process.memoryUsage.rss()) - start) / MB,
    longestTurnMs: turns.max / 1e6,
  };
}

async function tokenizerOf(book: Uint8Array) {
  const text = new TextDecoder().decode(book);
  const document = { sha256: '', characters: text.length, bytes: book.length, chunks: () => once(text) };
  return createTokenizer(await trainTokenizer({ kind: 'bpe', vocabulary: 8192 }, [document], unwatched));
}

/** A book over and over, each time with its number, to a size. */
function repeated(name: string, book: Uint8Array, size: number): TextSource {
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0, n = 0; at < size; n++) {
      const head = new TextEncoder().encode(`\nCopy ${n}\n`);
      yield await Promise.resolve(head);
      for (let from = 0; from < book.length; from += PIECE) yield book.subarray(from, from + PIECE);
      at += head.length + book.length;
    }
  };
  return { name, size, stream };
}
/** Bytes, as a browser's streams give them. */
const PIECE = 2 ** 16;

function small(i: number, book: Uint8Array): TextSource {
  const from = (i * 997) % (book.length - 2000);
  // Cut anywhere in the book, which is ASCII there or not: the number makes each file its own.
  const bytes = new TextEncoder().encode(`${i}\n${new TextDecoder().decode(book.subarray(from, from + 800))}`);
  return { name: `files/${i}.txt`, size: bytes.length, stream: () => once(bytes) };
}

function tableOf(rows: number): TextSource {
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    let piece = 'id,text,label\n';
    for (let i = 0; i < rows; i++) {
      piece += `${i},"The whale came up beside the boat, ${i} times, and nobody said a word",${i % 5}\n`;
      if (piece.length < PIECE) continue;
      yield await Promise.resolve(new TextEncoder().encode(piece));
      piece = '';
    }
    yield new TextEncoder().encode(piece);
  };
  return { name: 'rows.csv', size: 0, stream, table: { format: 'csv', columns: { text: 'text', label: 'label' } } };
}

/** Ten pages of forty lines. */
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
