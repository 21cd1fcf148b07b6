/** Makes postal-mime read bodies in blocks, because each line that it reads takes about 2 kB of memory. */
import type PostalMime from 'postal-mime';
import { formatCount } from '../../../base/units.ts';

/** Maximum nesting of parts. */
const MAX_DEPTH = 64;
/** Maximum number of lines read one by one: of headers, and of quoted-printable bodies. */
const MAX_LINES = 2_000_000;
/** Maximum number of parts; postal-mime takes about 5 kB of memory for each. */
const MAX_PARTS = 20_000;
/** Maximum number of encoded words (RFC 2047) in headers, because postal-mime rescans earlier words to join them. */
const MAX_WORDS = 20_000;

let parser: Promise<typeof PostalMime> | undefined;

/** @param bytes not copied @throws errors of postal-mime for an unreadable message */
export async function parseMail(bytes: ArrayBuffer): ReturnType<PostalMime['parse']> {
  parser ??= import('postal-mime').then(({ default: PostalMailParser }) => {
    patchReadLine(PostalMailParser.prototype as unknown as ParserInternals);
    return PostalMailParser;
  });
  return new (await parser)({ maxNestingDepth: MAX_DEPTH }).parse(bytes);
}

/** Internals that postal-mime's types omit. */
interface ParserInternals {
  av: Uint8Array;
  readPos: number;
  boundaries: readonly { value: Uint8Array }[];
  currentNode: { state: string; contentTransferEncoding: { encoding: string } };
  readLine(): { bytes: Uint8Array; done: boolean };
  lines?: number;
  parts?: number;
  words?: number;
}

/** Makes `readLine` return a body up to the next boundary at once, unless its decoder needs single lines. */
function patchReadLine(prototype: ParserInternals & { isPatched?: true }): void {
  if (prototype.isPatched) return; // otherwise two copies of this module would count twice
  prototype.isPatched = true;
  const { readLine } = prototype;
  prototype.readLine = function (): ReturnType<ParserInternals['readLine']> {
    const { av, readPos: start, currentNode } = this;
    const isBody = currentNode.state === 'body' && currentNode.contentTransferEncoding.encoding !== 'quoted-printable';
    const isPart = isBoundary(this, start);
    if (isPart) this.parts = (this.parts ?? 0) + 1;
    if ((this.parts ?? 0) > MAX_PARTS) throw new Error(`it has more than ${formatCount(MAX_PARTS)} parts`);
    if (!isBody || isPart) {
      this.lines = (this.lines ?? 0) + 1;
      if (this.lines > MAX_LINES) throw new Error(`it has more than ${formatCount(MAX_LINES)} lines`);
      const line = readLine.call(this);
      if (currentNode.state === 'header') this.words = (this.words ?? 0) + countEncodedWords(line.bytes);
      if ((this.words ?? 0) > MAX_WORDS)
        throw new Error(`it has more than ${formatCount(MAX_WORDS)} encoded words in its head`);
      return line;
    }
    let end = start;
    do end = av.indexOf(LF, end) + 1 || av.length;
    while (end < av.length && !isBoundary(this, end));
    this.readPos = end;
    return { bytes: av.subarray(start, av[end - 1] === LF ? end - 1 : end), done: end >= av.length };
  };
}

const isBoundary = ({ av, boundaries }: ParserInternals, offset: number): boolean =>
  av[offset] === DASH &&
  av[offset + 1] === DASH &&
  boundaries.some(({ value }) => value.every((byte, i) => av[offset + 2 + i] === byte));

/** Number of starts of encoded words, `=?`. */
function countEncodedWords(line: Uint8Array): number {
  let words = 0;
  for (let index = line.indexOf(EQUALS); index >= 0; index = line.indexOf(EQUALS, index + 1))
    if (line[index + 1] === QUESTION) words++;
  return words;
}

const [LF, DASH, EQUALS, QUESTION] = [10, 45, 61, 63];
