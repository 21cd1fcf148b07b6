/** Temporary strings in the store, which keep memory small while a text is cleaned. */
import { ahead, behind } from '../../base/ahead';
import type { BlobStore } from '../../base/blobStore';
import { concatBytes } from '../../base/concat';
import type { Draft } from '../../base/draft';
import { HomegrownError } from '../../base/errors';
import { yieldUntil } from '../../base/job';
import { utf8Of } from '../../base/utf8';

/** Strings in order, from the first for each call, until they are dropped. */
export interface SpilledText {
  strings(): AsyncGenerator<string, undefined>;
  /** Yields their UTF-8; may join strings. */
  utf8(): AsyncGenerator<Uint8Array, undefined>;
  /** Yields the strings a last time, and drops them after reading. */
  readAndDrop(): AsyncGenerator<string, undefined>;
  drop(): Promise<void>;
}

/** Minimum code units of a record. */
const MIN_RECORD_UNITS = 2 ** 20;

export class SpillFile {
  private recordCount = 0;

  /** @param prefix of a folder in the draft that nothing else writes to */
  constructor(
    private readonly store: BlobStore,
    private readonly draft: Draft,
    private readonly prefix: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Starts a text. Several may be written at the same time. */
  begin(): { write(text: string): Promise<void>; end(): Promise<SpilledText> } {
    const records: SpilledRecord[] = [];
    let texts: string[] = [];
    let units = 0;
    const writer = behind(([key, record]: [string, Uint8Array]) => this.draft.put([[key, record]]));
    const flush = async (): Promise<void> => {
      if (texts.length === 0) return;
      const key = `${this.prefix}${this.recordCount++}`;
      records.push({ key, isPlain: texts.length === 1 });
      const record = texts.length === 1 ? utf8Of(texts[0]!) : encodeStrings(texts);
      [texts, units] = [[], 0];
      await writer.one([key, record]);
    };
    return {
      write: async (text) => {
        texts.push(text);
        units += text.length;
        if (units >= MIN_RECORD_UNITS) await flush();
      },
      end: async () => {
        await flush();
        await writer.end();
        return {
          strings: () => this.strings(records, false),
          utf8: () => this.utf8(records),
          readAndDrop: () => this.strings(records, true),
          drop: () => this.draft.drop(records.splice(0).map(({ key }) => key)),
        };
      },
    };
  }

  private async *strings(records: SpilledRecord[], shouldDrop: boolean): AsyncGenerator<string, undefined> {
    for await (const { key, isPlain, record } of this.read(records)) {
      if (isPlain) yield decoder.decode(record);
      else yield* decodeStrings(record);
      if (!shouldDrop) continue;
      records.shift();
      await this.draft.drop([key]);
    }
    return undefined;
  }
  private async *utf8(records: readonly SpilledRecord[]): AsyncGenerator<Uint8Array, undefined> {
    for await (const { isPlain, record } of this.read(records)) yield isPlain ? record : textBytes(record);
    return undefined;
  }
  private async *read(records: readonly SpilledRecord[]): AsyncGenerator<SpilledRecord & { record: Uint8Array }> {
    const pause = yieldUntil(this.signal);
    const get = async (entry: SpilledRecord) => ({ ...entry, record: await this.store.get(entry.key) });
    for await (const { key, isPlain, record } of ahead([...records], get, 2)) {
      await pause();
      if (!(record instanceof Uint8Array))
        throw new HomegrownError(
          'storage-damaged',
          `The temporary file ${key} of this cleaning is missing.`,
          'The original text is safe. Clean it again.',
        );
      yield { key, isPlain, record };
    }
  }
}
interface SpilledRecord {
  key: string;
  /** Whether the record is the plain UTF-8 of a single string, as for long documents. */
  isPlain: boolean;
}

/** Record format: number of strings, lengths in code units, and UTF-8. @param texts well-formed */
function encodeStrings(texts: readonly string[]): Uint8Array {
  const lengths = Uint32Array.from([texts.length, ...texts.map(({ length }) => length)]);
  return concatBytes([new Uint8Array(lengths.buffer), utf8Of(texts.join(''))]);
}
const headerValue = (record: Uint8Array, i: number): number =>
  new DataView(record.buffer, record.byteOffset + 4 * i).getUint32(0, true);
const textBytes = (record: Uint8Array): Uint8Array => record.subarray(4 * (headerValue(record, 0) + 1));
function* decodeStrings(record: Uint8Array): Generator<string> {
  const count = headerValue(record, 0);
  const text = decoder.decode(textBytes(record));
  for (let i = 1, start = 0; i <= count; i++) {
    const end = start + headerValue(record, i);
    yield text.slice(start, end);
    start = end;
  }
}
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
