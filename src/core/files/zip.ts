import { Zip, ZipPassThrough } from 'fflate';
import type { ByteStream } from './byteSource';
import type { Job } from '../base/job';
import { yieldToEventLoop } from '../base/job';

/**
 * Writes files as a zip, in pieces, with CRC. Entries are stored uncompressed: weights don't shrink, and readers get
 * random access. Dates are constant, so equal files give equal bytes.
 * @param files at most 4 GB in total, since zip64 isn't written
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

/** The earliest date of the zip format, in local time as zips are. */
const EPOCH = new Date(1980, 0, 1);
