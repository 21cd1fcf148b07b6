/** Parses a recorded HTTP response: RFC 9112. */
import { concatBytes } from '../../../base/concat';
import { gunzipped } from '../../../files/gunzip';
import { once } from '../../../files/byteSource';
import { readAllBytes } from '../../readAll';

interface Response {
  status: number;
  /** Headers by lower-case name; the last of several with the same name. */
  headers: ReadonlyMap<string, string>;
  body: Uint8Array;
}

/** Parses a response; null if the bytes aren't one. */
export function parseResponse(bytes: Uint8Array): Response | null {
  const start = String.fromCharCode(...bytes.subarray(0, MAX_HEADER_BYTES));
  const [, status] = /^HTTP\/\d(?:\.\d)? +(\d{3})\b/.exec(start) ?? [];
  const headerEnd = /\r?\n\r?\n/.exec(start);
  if (status === undefined || !headerEnd) return null;
  const lines = start.slice(0, headerEnd.index).split('\n').slice(1);
  const headers = new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
  return { status: Number(status), headers, body: bytes.subarray(headerEnd.index + headerEnd[0].length) };
}
const MAX_HEADER_BYTES = 2 ** 16;

/**
 * Returns the content without transfer encodings: chunks, gzip. Crawlers that unpacked it may keep the old headers, so
 * content that isn't gzip or chunked is returned as is. Null for any other encoding.
 * @throws HomegrownError `bad-file` if it is damaged, or has more than `max` bytes
 */
export async function decodeContent(
  { headers, body }: Response,
  name: string,
  max: number,
): Promise<Uint8Array | null> {
  const isChunked = /\bchunked\b/i.test(headers.get('transfer-encoding') ?? '');
  const content = (isChunked && joinChunks(body)) || body;
  const encoding = (headers.get('content-encoding') ?? '').toLowerCase();
  if (content[0] === 0x1f && content[1] === 0x8b)
    return readAllBytes({ name, bytes: gunzipped(once(content), name), note: () => undefined }, max);
  return /^(|identity|gzip|x-gzip)$/.test(encoding) ? content : null;
}

/** Joins the chunks of a body; null if it isn't chunked. */
function joinChunks(body: Uint8Array): Uint8Array | null {
  const chunks: Uint8Array[] = [];
  for (let position = 0; position < body.length;) {
    const sizeLine = /^([\da-f]{1,8})[ \t]*(?:;[^\n]*)?\r\n/i.exec(
      String.fromCharCode(...body.subarray(position, position + MAX_LINE_LENGTH)),
    );
    if (!sizeLine) return null;
    const [start, length] = [position + sizeLine[0].length, parseInt(sizeLine[1]!, 16)];
    if (length === 0) break;
    chunks.push(body.subarray(start, start + length));
    position = start + length;
    if (position < body.length && body[position] !== CR) return null;
    position += 2;
  }
  return concatBytes(chunks);
}
/** Maximum length of a chunk's head: its size, rarely more. */
const MAX_LINE_LENGTH = 256;
const CR = 13;
