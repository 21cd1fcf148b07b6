/** A WARC file, record by record: ISO 28500:2017, 4. */
import { concatBytes } from '../core/base/concat';

export interface WarcPart {
  type: string;
  uri?: string;
  /** Further lines of its header. */
  headers?: readonly string[];
  content: string | Uint8Array;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOf = (content: string | Uint8Array): Uint8Array => (typeof content === 'string' ? utf8(content) : content);

export function warcRecord({ type, uri, headers = [], content }: WarcPart): Uint8Array {
  const bytes = bytesOf(content);
  const address = uri === undefined ? [] : [`WARC-Target-URI: ${uri}`];
  const head = [
    'WARC/1.0',
    `WARC-Type: ${type}`,
    ...address,
    'WARC-Date: 2026-01-02T03:04:05Z',
    ...headers,
    `Content-Length: ${bytes.length}`,
  ];
  return concatBytes([utf8(`${head.join('\r\n')}\r\n\r\n`), bytes, utf8('\r\n\r\n')]);
}

export const warcOf = (parts: readonly WarcPart[]): Uint8Array => concatBytes(parts.map(warcRecord));

/** An HTTP response. */
export const answer = (head: readonly string[], body: string | Uint8Array, status = '200 OK'): Uint8Array =>
  concatBytes([utf8([`HTTP/1.1 ${status}`, ...head, '', ''].join('\r\n')), bytesOf(body)]);
