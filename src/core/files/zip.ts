import { Zip, ZipPassThrough } from 'fflate';
import type { ByteStream } from './byteSource';
import type { Job } from '../base/job';
import { yieldToEventLoop } from '../base/job';

/**
 * Files as one zip, piece by piece: stored, not compressed (weights do not shrink, and a reader can then look into the
 * middle of one), with CRC. Nothing in it depends on the clock: equal files give equal bytes.
 * @param files at most 4 GB together, as there is no zip64 here
 */
export async function* zipped(files: readonly ByteStream[], job: Job): AsyncGenerator<Uint8Array> {
  const of = files.reduce((sum, { size }) => sum + size, 0);
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    if (chunk.length > 0) ready.push(chunk);
  });
  let done = 0;
  for (const file of files) {
    const entry = new ZipPassThrough(file.name);
    entry.mtime = EPOCH;
    zip.add(entry);
    for await (const chunk of file.chunks()) {
      job.signal.throwIfAborted();
      entry.push(chunk);
      yield* ready.splice(0);
      done += chunk.length;
      job.report({ label: `Writing ${file.name}`, done, of, unit: 'bytes' });
      await yieldToEventLoop();
    }
    entry.push(new Uint8Array(0), true);
    yield* ready.splice(0);
  }
  zip.end();
  yield* ready.splice(0);
}

/** The first day that a zip can name, in local time as zips are. */
const EPOCH = new Date(1980, 0, 1);
