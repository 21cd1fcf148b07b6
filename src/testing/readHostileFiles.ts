/**
 * Process that reads hostile files, each between two good ones, and prints a line of JSON at the start and at the end
 * of each file. Its arguments are names of HOSTILE.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { importDrop, openText, type TextSource } from '../core/documents';
import { tableCalled } from '../core/documents/formats';
import { dropped } from './drops';
import { HOSTILE } from './hostileFiles';
import { collect } from './texts';

export interface HostileOutcome {
  name: string;
  bytes: number;
  seconds: number;
  /** Growth of the process's memory, in MB. */
  memory: number;
  /** Text that was read, or the reason why not. */
  outcome: string;
  /** Whether both good files are in the text. */
  isGoodKept: boolean;
}

/** Peak memory in MB since the last reset, or since the start where the system reports only that. */
function highestMemory(): number {
  try {
    const [, kB] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))!;
    return Number(kB) / 1000;
  } catch {
    return process.resourceUsage().maxRSS / 1000;
  }
}
function setBack(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Without a reset, compares later files with the peak of earlier ones, which was within the limit.
  }
}

/** Maximum garbage before a measurement, in bytes; it hides at most as much growth. A collection takes 50 ms. */
const MAX_GARBAGE = 32e6;
const bytesInUse = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
let bytesAfterCollection = 0;
function collectGarbage(): void {
  if (bytesInUse() - bytesAfterCollection < MAX_GARBAGE) return;
  globalThis.gc?.();
  bytesAfterCollection = bytesInUse();
}

const GOOD = ['Call me Ishmael.', 'Some years ago.'];

/** Reads a table by the names of its columns. */
function asTable(source: TextSource): TextSource {
  const format = tableCalled(source.name);
  return format === undefined ||
    source.name.endsWith('comments.csv') ||
    /(?:result|outbox|users|index|\d)\.json$/.test(source.name)
    ? source
    : { ...source, table: { format, columns: 'recognised' } };
}

async function read(name: string): Promise<HostileOutcome> {
  const files = Object.entries(HOSTILE[name]!());
  const bytes = files.reduce((sum, [, content]) => sum + content.length, 0);
  const sources = [
    dropped('first.txt', GOOD[0]!),
    ...files.map(([path, content]) => asTable(dropped(path, content, 2 ** 16))),
    dropped('last.txt', GOOD[1]!),
  ];
  collectGarbage();
  setBack();
  const before = process.memoryUsage().rss / 1e6;
  const began = performance.now();
  const store = memoryStore();
  let outcome: string;
  let isGoodKept = false;
  try {
    const { text, refused } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
    const seconds = (performance.now() - began) / 1000;
    const memory = highestMemory() - before;
    const reasons = refused.map(({ error }) => error.message);
    outcome = reasons.length > 0 ? `refused: ${reasons[0]!.slice(0, 160)}` : 'read';
    if (refused.some(({ error }) => !error.remedy)) outcome = `no remedy: ${outcome}`;
    const texts = new Set<string>();
    if (text)
      for (const document of await openText(store, text.id))
        if (document.characters < 100) texts.add((await collect(document.chunks())).join(''));
    isGoodKept = GOOD.every((good) => texts.has(good));
    return { name, bytes, seconds, memory, outcome, isGoodKept };
  } catch (error) {
    outcome = `threw: ${error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : String(error)}`;
    return {
      name,
      bytes,
      seconds: (performance.now() - began) / 1000,
      memory: highestMemory() - before,
      outcome,
      isGoodKept,
    };
  }
}

void (async () => {
  for (const name of process.argv.slice(2)) {
    process.stdout.write(`${JSON.stringify({ begins: name })}\n`);
    process.stdout.write(`${JSON.stringify(await read(name))}\n`);
  }
})();
