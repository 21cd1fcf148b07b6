/** Parses a recorded HTTP response: RFC 9112. */
import { concatBytes } from '../../../base/concat';
import { gunzipped } from '../../../files/gunzip';
import { once } from '../../../files/byteSource';
import { readAllBytes } from '../../readAll';

interface Answer {
  status: number;
  /** Headers by lower-case name; the last of several with the same name. */
  headers: ReadonlyMap<string, string>;
  body: Uint8Array;
}

/** Parses a response; null if the bytes aren't one. */
export function answerOf(bytes: Uint8Array): Answer | null {
  const head = String.fromCharCode(...bytes.subarray(0, MAX_HEAD_BYTES));
  const [, status] = /^HTTP\/\d(?:\.\d)? +(\d{3})\b/.exec(head) ?? [];
  const end = /\r?\n\r?\n/.exec(head);
  if (status === undefined || !end) return null;
  const lines = head.slice(0, end.index).split('\n').slice(1);
  const headers = new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
  return { status: Number(status), headers, body: bytes.subarray(end.index + end[0].length) };
}
const MAX_HEAD_BYTES = 2 ** 16;

/**
 * Returns the content without transfer encodings: chunks, gzip. Crawlers that unpacked it may keep the old headers, so
 * content that isn't gzip or chunked is returned as is. Null for any other encoding.
 * @throws HomegrownError `bad-file` if it is damaged, or has more than `max` bytes
 */
export async function contentOf({ headers, body }: Answer, name: string, max: number): Promise<Uint8Array | null> {
  const isChunked = /\bchunked\b/i.test(headers.get('transfer-encoding') ?? '');
  const sent = (isChunked && unchunked(body)) || body;
  const packed = (headers.get('content-encoding') ?? '').toLowerCase();
  if (sent[0] === 0x1f && sent[1] === 0x8b)
    return readAllBytes({ name, bytes: gunzipped(once(sent), name), note: () => undefined }, max);
  return /^(|identity|gzip|x-gzip)$/.test(packed) ? sent : null;
}

/** Joins the chunks of a body; null if it isn't chunked. */
function unchunked(body: Uint8Array): Uint8Array | null {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < body.length;) {
    const line = /^([\da-f]{1,8})[ \t]*(?:;[^\n]*)?\r\n/i.exec(
      String.fromCharCode(...body.subarray(at, at + MAX_LINE_LENGTH)),
    );
    if (!line) return null;
    const [from, length] = [at + line[0].length, parseInt(line[1]!, 16)];
    if (length === 0) break;
    chunks.push(body.subarray(from, from + length));
    at = from + length;
    if (at < body.length && body[at] !== CR) return null;
    at += 2;
  }
  return concatBytes(chunks);
}
/** Maximum length of a chunk's head: its size, rarely more. */
const MAX_LINE_LENGTH = 256;
const CR = 13;
