/** A BlobStore with values in a temporary file, so that memory doesn't grow with the text. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobStore, Change, Json, Stored } from '../../src/core/base/blobStore';
import { HomegrownError } from '../../src/core/base/errors';
import { formatBytes } from '../../src/core/base/units';
import { isSystemError, systemFailure } from '../systemError';
import { realPath } from '../folders/target';

interface SpillStore extends BlobStore {
  /** Frees the disk, as does the end of the process. */
  close(): Promise<void>;
}

/** A short value as JSON, or the place of a long one in the file. */
type Place = { json: string } | { at: number; length: number; isJson: boolean };

/** Bytes of the longest value that stays in memory. */
const MAX_INLINE = 512;

/**
 * The file has no name once it is open, so a kill leaves nothing behind.
 * @param out path of the result, whose disk has room for the file
 */
export async function spillStore(out: string): Promise<SpillStore> {
  const folder = await folderAbove(out);
  const path = join(folder, `.homegrown-${randomUUID()}.tmp`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path).catch((error: unknown) => file.close().then(() => Promise.reject(error as Error)));
  return new FileStore(file, folder);
}

/** The nearest existing folder above `out`. */
async function folderAbove(out: string): Promise<string> {
  let folder = dirname(await realPath(out));
  while (dirname(folder) !== folder && !(await stat(folder).catch(() => null))) folder = dirname(folder);
  return folder;
}

class FileStore implements SpillStore {
  private readonly places = new Map<string, Place>();
  /** Bytes of the file. The place of a dropped value isn't reused: a reader may still need it. */
  private size = 0;
  /** Settles after the previous commit. */
  private previousCommit: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly file: FileHandle,
    private readonly folder: string,
  ) {}

  get(key: string): Promise<Stored | undefined> {
    return this.read(this.places.get(key));
  }

  getMany(keys: readonly string[]): Promise<(Stored | undefined)[]> {
    return Promise.all(keys.map((key) => this.places.get(key)).map((place) => this.read(place)));
  }

  async entries(prefix: string): Promise<(readonly [string, Stored])[]> {
    const entries = this.keysOf(prefix).map((key) => [key, this.places.get(key)!] as const);
    return Promise.all(entries.map(async ([key, place]) => [key, (await this.read(place))!] as const));
  }

  keys(prefix: string): Promise<string[]> {
    return Promise.resolve(this.keysOf(prefix));
  }

  commit(change: Change): Promise<boolean> {
    const result = this.previousCommit.then(() => this.change(change));
    this.previousCommit = result.catch(() => undefined);
    return result;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async change({ put = [], drop = [], expect = [] }: Change): Promise<boolean> {
    for (const [key, value] of expect) if (JSON.stringify(await this.get(key)) !== JSON.stringify(value)) return false;
    const entries: [string, Place][] = [];
    for (const [key, value] of put) entries.push([key, await this.place(value)]);
    for (const [key, place] of entries) this.places.set(key, place);
    for (const key of drop) this.places.delete(key);
    return true;
  }

  private async place(value: Stored): Promise<Place> {
    const isJson = !(value instanceof Uint8Array);
    const json = isJson ? JSON.stringify(value) : '';
    if (isJson && json.length <= MAX_INLINE) return { json };
    const bytes = isJson ? Buffer.from(json) : value;
    const start = this.size;
    this.size += bytes.length;
    try {
      for (let done = 0; done < bytes.length;)
        done += (await this.file.write(bytes, done, bytes.length - done, start + done)).bytesWritten;
    } catch (error) {
      throw this.failure(error);
    }
    return { at: start, length: bytes.length, isJson };
  }

  private async read(place: Place | undefined): Promise<Stored | undefined> {
    if (!place) return undefined;
    if ('json' in place) return JSON.parse(place.json) as Json;
    const { at: start, length, isJson } = place;
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await this.file.read(bytes, done, length - done, start + done);
      if (bytesRead === 0) throw new HomegrownError('storage-damaged', `A temporary file in ${this.folder} is cut off`);
      done += bytesRead;
    }
    return isJson
      ? (JSON.parse(bytes.toString()) as Json)
      : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private keysOf(prefix: string): string[] {
    return [...this.places.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  private failure(error: unknown): unknown {
    if (!isSystemError(error)) return error;
    const { code, message } = systemFailure(error, `A temporary file of ${formatBytes(this.size)} in ${this.folder}`);
    return new HomegrownError(
      code,
      message,
      'Nothing was written. Free some space, or choose an --out on another disk.',
    );
  }
}
