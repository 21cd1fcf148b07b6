import type { BlobStore } from '../core/base/blobStore';
import { yieldToEventLoop, type Job } from '../core/base/job';
import { FOLDER_FORMAT } from '../core/export/cards';
import type { ExportOptions } from '../core/export/format';
import { exportRun } from '../core/export/run';
import { type ByteStream, readBytes } from '../core/files/byteSource';
import { zipped } from '../core/files/zip';
import type { DataApi } from '../protocol/data';

type ExportModel = DataApi['exportModel'];

/** Exports a saved step as one file: the format's own, or a zip of its folder. */
export async function exportModel(
  store: BlobStore,
  template: ExportOptions['template'],
  { runId, which, format, withOptimizer }: ExportModel['input'],
  job: Job,
): Promise<ExportModel['output']> {
  const options = { withOptimizer, template };
  const { name, kind, files, sidecars } = await exportRun(store, runId, which, format, options);
  const parts: Blob[] = [];
  // One blob per piece lets the browser move it out of memory.
  for await (const chunk of kind === 'folder' ? zipped(files, job) : pieces(files[0]!, job)) {
    parts.push(new Blob([chunk as Uint8Array<ArrayBuffer>]));
  }
  return {
    file: new Blob(parts, { type: kind === 'folder' ? 'application/zip' : 'application/octet-stream' }),
    // Zips of several formats may end up in one folder.
    name: kind === 'file' ? files[0]!.name : `${format === FOLDER_FORMAT ? name : `${name}-${format}`}.zip`,
    files: files.map((file) => ({ name: file.name, size: file.size })),
    sidecars: await Promise.all(
      sidecars.map(async (file) => ({ name: file.name, text: new TextDecoder().decode(await readBytes(file)) })),
    ),
  };
}

async function* pieces(file: ByteStream, job: Job): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const chunk of file.chunks()) {
    job.signal.throwIfAborted();
    yield chunk;
    done += chunk.length;
    job.report({ label: `Writing ${file.name}`, done, of: file.size, unit: 'bytes' });
    await yieldToEventLoop();
  }
}
