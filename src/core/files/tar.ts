/**
 * Reads the files of a tar as a stream: ustar, pax and GNU's long names. POSIX.1-2017 pax, "ustar Interchange Format";
 * https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
import { badFile } from '../base/errors';
import { failing } from './byteSource';
import { Input } from './input';

interface TarEntry {
  /** Path in the archive, with folders. */
  path: string;
  /** Throws for an entry that can't be read by itself, such as a link. Unread content is skipped. */
  bytes: AsyncIterable<Uint8Array>;
}

/**
 * Yields the entries of a tar.
 * @throws HomegrownError `bad-file` where it is damaged or cut off; entries before that are complete
 */
export async function* tarEntries(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<TarEntry> {
  const fail = (reason: string): Error => badFile(`${file}: ${reason}`, REMEDY);
  const input = new Input(bytes);
  /** Path and size of the next entry, from the headers before it. */
  let extended: { path?: string; size?: number } = {};
  for (;;) {
    const at = input.at;
    const block = await input.exactly(BLOCK);
    if (block.length === 0 || block.every((byte) => byte === 0)) break;
    if (block.length < BLOCK) throw fail(`it is cut off at byte ${input.at}`);
    const header = headerOf(block);
    if (!header) throw fail(`the file header at byte ${at} is missing`);
    const { type, link } = header;
    const size = extended.size ?? header.size;
    if (type === 'x' || type === 'L') {
      if (size > MAX_PAX_BYTES)
        throw fail(`the extended header at byte ${at} has ${size} bytes; the maximum is ${MAX_PAX_BYTES}`);
      const about = await input.exactly(size);
      if (about.length < size) throw fail(`it is cut off at byte ${input.at}`);
      await input.skip(padding(size));
      extended = type === 'L' ? { ...extended, path: textOf(about) } : { ...extended, ...paxOf(about) };
      continue;
    }
    const path = extended.path ?? header.path;
    extended = {};
    // Links have no content, whatever their size field says.
    const length = type === LINK || type === SYMBOLIC_LINK ? 0 : size;
    const content = new Content(input, length, () => fail(`it is cut off inside ${path}`));
    if (isFile(type) && !path.endsWith('/')) yield { path, bytes: content };
    else if (length === 0 && link !== '') yield { path, bytes: failing(fail(`${path} is a link to ${link}`)) };
    else if (type === SPARSE) yield { path, bytes: failing(fail(`${path} is a sparse file`)) };
    if (content.hasFailed) return; // already reported by the reader
    await content.pass();
    await input.skip(padding(length));
  }
  await input.skip(Infinity);
}

/** Content of an entry, readable once. */
class Content implements AsyncIterable<Uint8Array> {
  hasFailed = false;

  constructor(
    private readonly input: Input,
    private left: number,
    private readonly cutOff: () => Error,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (this.left > 0) {
      let piece;
      try {
        piece = await this.input.some(this.left);
        if (!piece) throw this.cutOff();
      } catch (error) {
        this.hasFailed = true;
        throw error;
      }
      this.left -= piece.length;
      yield piece;
    }
  }

  /** Skips the unread content. */
  async pass(): Promise<void> {
    if (this.left > 0 && (await this.input.skip(this.left)) < this.left) throw this.cutOff();
    this.left = 0;
  }
}

/** Parses a header block; null if its checksum is wrong. */
function headerOf(block: Uint8Array): { path: string; size: number; type: string; link: string } | null {
  const sum = block.reduce((all, byte, i) => all + (i >= 148 && i < 156 ? 32 : byte), 0);
  const signed = block.reduce((all, byte, i) => all + (i >= 148 && i < 156 ? 32 : (byte << 24) >> 24), 0);
  const checksum = numberIn(block.subarray(148, 156));
  const size = numberIn(block.subarray(124, 136));
  if ((checksum !== sum && checksum !== signed) || !Number.isSafeInteger(size) || size < 0) return null;
  const [name, prefix] = [textOf(block.subarray(0, 100)), textOf(block.subarray(345, 500))];
  // GNU's older format has other fields in place of the prefix.
  const isUstar = textOf(block.subarray(257, 265)) === 'ustar';
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156]!);
  const path = isUstar && prefix !== '' ? `${prefix}/${name}` : name;
  return { path, size, type, link: textOf(block.subarray(157, 257)) };
}

/** Parses octal digits, or a binary number if the first bit is set. */
function numberIn(field: Uint8Array): number {
  if (field[0]! & 0x80) return field.subarray(1).reduce((all, byte) => all * 256 + byte, field[0]! & 0x7f);
  const digits = textOf(field).trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN;
}

/** Decodes UTF-8 up to the first NUL. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Parses pax records, `length key=value\n`; the length counts the bytes of the whole record. */
function paxOf(bytes: Uint8Array): { path?: string; size?: number } {
  const fields: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const head = String.fromCharCode(...bytes.subarray(at, at + 20));
    const [digits, length] = [/^\d+(?= )/.exec(head)?.[0] ?? '', parseInt(head, 10)];
    if (digits === '' || length <= digits.length + 1) break;
    const record = new TextDecoder().decode(bytes.subarray(at + digits.length + 1, at + length - 1));
    const equals = record.indexOf('=');
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === 'path') fields.path = value;
    if (key === 'size' && /^\d{1,15}$/.test(value)) fields.size = Number(value);
    at += length;
  }
  return fields;
}

const isFile = (type: string): boolean => type === '0' || type === '7';
const LINK = '1';
const SYMBOLIC_LINK = '2';
const SPARSE = 'S';
const BLOCK = 512;
/** Maximum bytes of a long name or of pax headers. */
const MAX_PAX_BYTES = 2 ** 20;
const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;
const REMEDY = 'Unpack it, and add the files in it.';
