/** Streams the records of a WARC file. ISO 28500:2017, https://iipc.github.io/warc-specifications/ */
import { badFile } from '../../../base/errors';
import { formatCount } from '../../../base/units';
import { Input } from '../../../files/input';

export interface WarcRecord {
  /** Header fields by lower-case name. */
  headers: ReadonlyMap<string, string>;
  /** Bytes of its content. */
  length: number;
  /** The content, readable once; null if the file is cut off within it. Unread content is skipped. */
  content(): Promise<Uint8Array | null>;
}

export class Warc {
  /** Whether the file ended inside a record. */
  isCutOff = false;
  private readonly input: Input;

  constructor(
    bytes: AsyncIterable<Uint8Array>,
    private readonly name: string,
  ) {
    this.input = new Input(bytes);
  }

  /** @throws HomegrownError `bad-file` if no record begins where one should */
  async *records(): AsyncGenerator<WarcRecord> {
    for (let isFirst = true; ; isFirst = false) {
      const start = await this.readVersionLine(isFirst);
      if (start === undefined) return;
      const headers = await this.readHeader(start);
      if (!headers) return;
      const length = headers.get('content-length') ?? '';
      if (!/^\d{1,15}$/.test(length)) throw this.damagedError(start, 'has no length');
      const end = this.input.at + Number(length);
      const content = async (): Promise<Uint8Array | null> => {
        const bytes = await this.input.exactly(end - this.input.at);
        return this.input.at < end ? null : bytes;
      };
      yield { headers, length: Number(length), content };
      await this.input.skip(end - this.input.at);
      if (this.input.at < end) {
        this.isCutOff = true;
        return;
      }
    }
  }

  /**
   * Finds the next record and reads its first line; undefined at the end. Some programs write more than two empty lines
   * between records.
   */
  private async readVersionLine(isFirst: boolean): Promise<number | undefined> {
    for (;;) {
      const start = this.input.at;
      const line = latin1(await this.input.line(MAX_VERSION_LINE));
      if (/^WARC\/\d+\.\d+[ \t]*\r?\n$/.test(line)) return start;
      if (line === '' && (!isFirst || start === 0)) return undefined;
      if (/^\s+$/.test(line)) continue;
      if (isFirst)
        throw badFile(
          `${this.name} is not a WARC file: it doesn't start with "WARC/1.0" or another version.`,
          'Crawl again with wget --warc-file=NAME, and add the NAME.warc.gz that it writes.',
        );
      if (line.endsWith('\n') || line.length === MAX_VERSION_LINE)
        throw this.damagedError(start, 'has an invalid first line');
      this.isCutOff = true;
      return undefined;
    }
  }

  /** Reads a record's header; null if the file is cut off inside it. */
  private async readHeader(start: number): Promise<ReadonlyMap<string, string> | null> {
    const headers = new Map<string, string>();
    let [name, length] = ['', 0];
    for (;;) {
      const bytes = await this.input.line(MAX_HEADER_BYTES);
      const line = utf8.decode(bytes);
      length += bytes.length;
      if (length >= MAX_HEADER_BYTES)
        throw this.damagedError(start, `has a header of ${formatCount(MAX_HEADER_BYTES)} bytes or more`);
      if (!line.endsWith('\n')) {
        this.isCutOff = true;
        return null;
      }
      if (/^\r?\n$/.test(line)) return headers;
      const colon = line.indexOf(':');
      // As in email, a line that begins with a space continues the previous one.
      const isContinuation = /^[ \t]/.test(line) || colon < 0;
      if (!isContinuation) name = line.slice(0, colon).trim().toLowerCase();
      const value = isContinuation ? `${headers.get(name) ?? ''} ${line.trim()}` : line.slice(colon + 1).trim();
      headers.set(name, value);
    }
  }

  private damagedError(start: number, problem: string): Error {
    return badFile(
      `${this.name} is damaged: the record at byte ${formatCount(start)} ${problem}.`,
      'Download it again, or crawl again with wget --warc-file=NAME.',
    );
  }
}

/** Bytes of a version line, and of a record's header. */
const MAX_VERSION_LINE = 64;
const MAX_HEADER_BYTES = 2 ** 16;
const utf8 = new TextDecoder();
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
