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
  const archiveHeaders = await parseHeaders(headOf(bytes));
  const type = header(archiveHeaders, 'content-type');
  const boundary = parameter(type, 'boundary');
  if (boundary === undefined) return isPage(type) ? pageIn(bytes, archiveHeaders) : null;
  const startId = parameter(type, 'start');
  let first: ArchivedPage | null = null;
  let checkedParts = 0;
  for (const part of partsIn(bytes, boundary)) {
    if (checkedParts++ === MAX_PARTS) break;
    const headers = await parseHeaders(headOf(part));
    if (!isPage(header(headers, 'content-type'))) continue;
    if (startId === undefined || header(headers, 'content-id') === startId)
      return pageIn(part, headers, archiveHeaders);
    first ??= await pageIn(part, headers, archiveHeaders);
  }
  return first;
}

/** Maximum number of parts to check; the page is among the first. */
const MAX_PARTS = 1000;

const isPage = (type: string): boolean => /^(?:text\/html|application\/xhtml\+xml)\b/i.test(type);

async function parseHeaders(bytes: Uint8Array): Promise<Email> {
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
async function pageIn(part: Uint8Array, headers: Email, archiveHeaders = headers): Promise<ArchivedPage> {
  const transferEncoding = header(headers, 'content-transfer-encoding') || '8bit';
  const attachmentHeaders = `Content-Type: application/octet-stream\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: ${transferEncoding}\r\n\r\n`;
  const body = part.subarray(headOf(part).length);
  const { attachments } = await parseHeaders(concatBytes([new TextEncoder().encode(attachmentHeaders), body]));
  const content = attachments[0]?.content ?? new ArrayBuffer(0);
  const charset = parameter(header(headers, 'content-type'), 'charset');
  const source = header(headers, 'content-location') || header(archiveHeaders, 'snapshot-content-location');
  return {
    html: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content),
    ...(charset !== undefined && { charset }),
    // A part without an address of its own has a placeholder, not a web address.
    ...(/^https?:/i.test(source) && { source }),
  };
}

/** Headers of a message, with the empty line after them. */
function headOf(bytes: Uint8Array): Uint8Array {
  for (let index = bytes.indexOf(LF); index >= 0; index = bytes.indexOf(LF, index + 1)) {
    const next = bytes[index + 1] === CR ? index + 2 : index + 1;
    if (bytes[next] === LF) return bytes.subarray(0, next + 1);
  }
  return bytes;
}

/** Yields the parts between boundary lines, without the line end before a boundary. */
function* partsIn(bytes: Uint8Array, boundary: string): Generator<Uint8Array> {
  const boundaryLine = new TextEncoder().encode(`--${boundary}`);
  let partStart = -1;
  for (
    let lineStart = 0;
    lineStart >= 0 && lineStart < bytes.length;
    lineStart = bytes.indexOf(LF, lineStart) + 1 || -1
  ) {
    if (!boundaryLine.every((byte, i) => bytes[lineStart + i] === byte)) continue;
    const end = bytes[lineStart - 2] === CR ? lineStart - 2 : lineStart - 1;
    if (partStart >= 0) yield bytes.subarray(partStart, Math.max(partStart, end));
    partStart = bytes.indexOf(LF, lineStart) + 1 || bytes.length;
  }
  if (partStart >= 0 && partStart < bytes.length) yield bytes.subarray(partStart);
}
const [LF, CR] = [10, 13];
