/** Imports a model from files into the store. Its readers are loaded when first needed. */
import type { BlobStore } from '../core/base/blobStore';
import type { Job } from '../core/base/job';
import { storeAdapter } from '../core/export/importAdapter';
import { openFiles } from '../core/export/importFolder';
import { openFound } from '../core/export/importModel';
import { previewOf } from '../core/export/preview';
import { storeModel } from '../core/export/run';
import type { DataApi } from '../protocol/data';
import { holdData, holdingRun } from '../storage/lock';
import { blobSource } from '../jobs/blobSource';

type ImportModel = DataApi['importModel'];

export async function importModelFiles(
  store: BlobStore,
  { files, projectId, addedAt, isSeen = false, context }: ImportModel['input'],
  job: Job,
): Promise<ImportModel['output']> {
  const runId = crypto.randomUUID();
  const sources = files.map((file) => ({ name: file.name, source: blobSource(file) }));
  const opened = await openFiles(sources);
  const incoming = opened.kind === 'adapter' ? undefined : await openFound(opened);
  if (incoming && !incoming.info && !isSeen) return { preview: previewOf(incoming) };
  const dataHold = await holdData(); // its future base belongs to no run until then
  try {
    // Held, so that a deletion of its project doesn't purge it during the import.
    await holdingRun(runId, async () => {
      const run = { runId, projectId, ...(context && { context }) };
      if (incoming) await storeModel(store, run, incoming, sources, addedAt, job);
      else if (opened.kind === 'adapter') await storeAdapter(store, run, opened.folder, nameOf(files), addedAt, job);
    });
    return { runId };
  } finally {
    dataHold.release();
  }
}

/** Name of the zip; the folder of separate files isn't known. */
const nameOf = (files: readonly File[]): string =>
  files.length === 1 ? files[0]!.name.replace(/\.zip$/i, '') : 'an adapter';
