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
  taken(): AsyncGenerator<string, undefined>;
  drop(): Promise<void>;
}

/** Minimum code units of a record. */
const RECORD = 2 ** 20;

export class SpillFile {
  private records = 0;

  /** @param prefix of a folder in the draft that nothing else writes to */
  constructor(
    private readonly store: BlobStore,
    private readonly draft: Draft,
    private readonly prefix: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Starts a text. Several may be written at the same time. */
  begin(): { write(text: string): Promise<void>; end(): Promise<SpilledText> } {
    const keys: Key[] = [];
    let texts: string[] = [];
    let units = 0;
    const put = behind(([key, record]: [string, Uint8Array]) => this.draft.put([[key, record]]));
    const flush = async (): Promise<void> => {
      if (texts.length === 0) return;
      const key = `${this.prefix}${this.records++}`;
      keys.push({ key, isOne: texts.length === 1 });
      const record = texts.length === 1 ? utf8Of(texts[0]!) : recordOf(texts);
      [texts, units] = [[], 0];
      await put.one([key, record]);
    };
    return {
      write: async (text) => {
        texts.push(text);
        units += text.length;
        if (units >= RECORD) await flush();
      },
      end: async () => {
        await flush();
        await put.end();
        return {
          strings: () => this.strings(keys, false),
          utf8: () => this.utf8(keys),
          taken: () => this.strings(keys, true),
          drop: () => this.draft.drop(keys.splice(0).map(({ key }) => key)),
        };
      },
    };
  }

  private async *strings(keys: Key[], isTaken: boolean): AsyncGenerator<string, undefined> {
    for await (const { key, isOne, record } of this.read(keys)) {
      if (isOne) yield decoder.decode(record);
      else yield* stringsOf(record);
      if (!isTaken) continue;
      keys.shift();
      await this.draft.drop([key]);
    }
    return undefined;
  }
  private async *utf8(keys: readonly Key[]): AsyncGenerator<Uint8Array, undefined> {
    for await (const { isOne, record } of this.read(keys)) yield isOne ? record : textIn(record);
    return undefined;
  }
  private async *read(keys: readonly Key[]): AsyncGenerator<Key & { record: Uint8Array }> {
    const pause = yieldUntil(this.signal);
    const get = async (one: Key) => ({ ...one, record: await this.store.get(one.key) });
    for await (const { key, isOne, record } of ahead([...keys], get, 2)) {
      await pause();
      if (!(record instanceof Uint8Array))
        throw new HomegrownError(
          'storage-damaged',
          `The temporary file ${key} of this cleaning is missing.`,
          'The original text is safe. Clean it again.',
        );
      yield { key, isOne, record };
    }
  }
}
interface Key {
  key: string;
  /** Whether the record is the plain UTF-8 of a single string, as for long documents. */
  isOne: boolean;
}

/** Record format: number of strings, lengths in code units, and UTF-8. @param texts well-formed */
function recordOf(texts: readonly string[]): Uint8Array {
  const lengths = Uint32Array.from([texts.length, ...texts.map(({ length }) => length)]);
  return concatBytes([new Uint8Array(lengths.buffer), utf8Of(texts.join(''))]);
}
const lengthAt = (record: Uint8Array, i: number): number =>
  new DataView(record.buffer, record.byteOffset + 4 * i).getUint32(0, true);
const textIn = (record: Uint8Array): Uint8Array => record.subarray(4 * (lengthAt(record, 0) + 1));
function* stringsOf(record: Uint8Array): Generator<string> {
  const count = lengthAt(record, 0);
  const text = decoder.decode(textIn(record));
  for (let i = 1, at = 0; i <= count; i++) {
    const end = at + lengthAt(record, i);
    yield text.slice(at, end);
    at = end;
  }
}
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
