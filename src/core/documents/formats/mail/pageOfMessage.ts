/** Extracts the page from a web archive (MHTML, RFC 2557), a message whose parts are a page and its resources. */
import type { Email } from 'postal-mime';
import { concatBytes } from '../../../base/concat';

export interface ArchivedPage {
  /** Original bytes: only the transfer encoding is decoded. */
  html: Uint8Array;
  charset?: string;
  /** Address that it was saved from. */
  source?: string;
}

/** Returns the page that `start` names, else the first; null if there is none. @throws errors of postal-mime */
export async function pageOfMessage(bytes: Uint8Array): Promise<ArchivedPage | null> {
  const whole = await parsed(headOf(bytes));
  const type = header(whole, 'content-type');
  const boundary = parameter(type, 'boundary');
  if (boundary === undefined) return isPage(type) ? pageIn(bytes, whole) : null;
  const wanted = parameter(type, 'start');
  let first: ArchivedPage | null = null;
  let looked = 0;
  for (const part of partsIn(bytes, boundary)) {
    if (looked++ === MAX_PARTS) break;
    const head = await parsed(headOf(part));
    if (!isPage(header(head, 'content-type'))) continue;
    if (wanted === undefined || header(head, 'content-id') === wanted) return pageIn(part, head, whole);
    first ??= await pageIn(part, head, whole);
  }
  return first;
}

/** Maximum number of parts to check; the page is among the first. */
const MAX_PARTS = 1000;

const isPage = (type: string): boolean => /^(?:text\/html|application\/xhtml\+xml)\b/i.test(type);

async function parsed(bytes: Uint8Array): Promise<Email> {
  const { default: PostalMime } = await import('postal-mime');
  return new PostalMime().parse(bytes);
}

const header = ({ headers }: Email, name: string): string =>
  headers.find(({ key }) => key === name)?.value.trim() ?? '';

const parameter = (value: string, name: string): string | undefined => {
  const [, quoted, bare] = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;"]+))`, 'i').exec(value) ?? [];
  return quoted ?? bare;
};

/** Declares the part an attachment, because postal-mime returns bytes for attachments, but decoded text for bodies. */
async function pageIn(part: Uint8Array, head: Email, whole = head): Promise<ArchivedPage> {
  const carried = header(head, 'content-transfer-encoding') || '8bit';
  const attached = `Content-Type: application/octet-stream\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: ${carried}\r\n\r\n`;
  const body = part.subarray(headOf(part).length);
  const { attachments } = await parsed(concatBytes([new TextEncoder().encode(attached), body]));
  const content = attachments[0]?.content ?? new ArrayBuffer(0);
  const charset = parameter(header(head, 'content-type'), 'charset');
  const source = header(head, 'content-location') || header(whole, 'snapshot-content-location');
  return {
    html: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content),
    ...(charset !== undefined && { charset }),
    // A part without an address of its own has a placeholder, not a web address.
    ...(/^https?:/i.test(source) && { source }),
  };
}

/** Headers of a message, with the empty line after them. */
function headOf(bytes: Uint8Array): Uint8Array {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (bytes[next] === LF) return bytes.subarray(0, next + 1);
  }
  return bytes;
}

/** Yields the parts between boundary lines, without the line end before a boundary. */
function* partsIn(bytes: Uint8Array, boundary: string): Generator<Uint8Array> {
  const line = new TextEncoder().encode(`--${boundary}`);
  let from = -1;
  for (let at = 0; at >= 0 && at < bytes.length; at = bytes.indexOf(LF, at) + 1 || -1) {
    if (!line.every((byte, i) => bytes[at + i] === byte)) continue;
    const end = bytes[at - 2] === CR ? at - 2 : at - 1;
    if (from >= 0) yield bytes.subarray(from, Math.max(from, end));
    from = bytes.indexOf(LF, at) + 1 || bytes.length;
  }
  if (from >= 0 && from < bytes.length) yield bytes.subarray(from);
}
const [LF, CR] = [10, 13];
