/** Strings that are put aside in the store while a text is cleaned, so that memory holds few of them. */
import type { BlobStore } from '../../base/blobStore';
import { concatBytes } from '../../base/concat';
import type { Draft } from '../../base/draft';
import { HomegrownError } from '../../base/errors';
import { yieldUntil } from '../../base/job';

/** Strings in their order, from the first as often as it is asked for, until they are dropped. */
export interface PutAside {
  strings(): AsyncGenerator<string, undefined>;
  /** The same for the last time: what has been read is dropped. */
  taken(): AsyncGenerator<string, undefined>;
  drop(): Promise<void>;
}

/** Code units of a record, at least. */
const RECORD = 2 ** 20;

export class Aside {
  private records = 0;

  /** @param prefix of a folder in the draft that nothing else writes to */
  constructor(
    private readonly store: BlobStore,
    private readonly draft: Draft,
    private readonly prefix: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Several may be written at the same time. */
  begin(): { write(text: string): Promise<void>; end(): Promise<PutAside> } {
    const keys: string[] = [];
    let texts: string[] = [];
    let units = 0;
    const flush = async (): Promise<void> => {
      if (texts.length === 0) return;
      const key = `${this.prefix}${this.records++}`;
      await this.draft.put([[key, recordOf(texts)]]);
      keys.push(key);
      [texts, units] = [[], 0];
    };
    return {
      write: async (text) => {
        texts.push(text);
        units += text.length;
        if (units >= RECORD) await flush();
      },
      end: async () => {
        await flush();
        return {
          strings: () => this.strings(keys, false),
          taken: () => this.strings(keys, true),
          drop: () => this.draft.drop(keys.splice(0)),
        };
      },
    };
  }

  private async *strings(keys: string[], isTaken: boolean): AsyncGenerator<string, undefined> {
    const pause = yieldUntil(this.signal);
    for (const key of [...keys]) {
      await pause();
      const record = await this.store.get(key);
      if (record instanceof Uint8Array) yield* stringsOf(record);
      else
        throw new HomegrownError(
          'storage-damaged',
          `${key}, which cleaning had put aside, is not there any more.`,
          'The text as it was read is safe. Clean it again.',
        );
      if (isTaken) await this.draft.drop(keys.splice(0, 1));
    }
    return undefined;
  }
}

/** How many strings, how long each is in code units, and their UTF-8. @param texts well-formed */
function recordOf(texts: readonly string[]): Uint8Array {
  const lengths = Uint32Array.from([texts.length, ...texts.map(({ length }) => length)]);
  return concatBytes([new Uint8Array(lengths.buffer), encoder.encode(texts.join(''))]);
}
function* stringsOf(record: Uint8Array): Generator<string> {
  const lengthAt = (i: number): number => new DataView(record.buffer, record.byteOffset + 4 * i).getUint32(0, true);
  const count = lengthAt(0);
  const text = utf8.decode(record.subarray(4 * (count + 1)));
  for (let i = 1, at = 0; i <= count; i++) {
    const end = at + lengthAt(i);
    yield text.slice(at, end);
    at = end;
  }
}
const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
