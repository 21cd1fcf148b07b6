/** Handlers of the data worker: they serve jobs and core functions, and decide where results are stored. */
import type { BlobStore } from '../core/base/blobStore';
import { loaded } from '../core/base/load';
import { surveySnapshots } from '../core/checkpoint/checkpoint';
import { inProcess, type Readers } from '../core/documents/guard/readers';
import { freeRun } from '../core/runs/free';
import { bytesOfSteps } from '../core/runs/sizes';
import type { DataApi } from '../protocol/data';
import { holdingRun } from '../storage/lock';
import { chatHandlers } from './chatHandlers';
import { DataContext, type OwnFile, type SomeDataHandlers } from './dataContext';
import { importHandlers } from './importHandlers';
import { labelHandlers } from './labelHandlers';
import { projectHandlers } from './projectHandlers';
import { collectData, runHandlers } from './runHandlers';
import type { Handlers } from './serve';
import { textHandlers } from './textHandlers';
import { trainingDataHandlers } from './trainingDataHandlers';

export function dataHandlers(
  store: Promise<BlobStore>,
  ownFile: OwnFile,
  runReader: Readers = inProcess,
): Handlers<DataApi> {
  const context = new DataContext(store, ownFile, runReader);
  return {
    ...importHandlers(context),
    ...textHandlers(context),
    ...trainingDataHandlers(context),
    ...chatHandlers(context),
    ...labelHandlers(context),
    ...runHandlers(store),
    ...modelFileHandlers(context),
    ...projectHandlers(context),
  };
}

/** Saved steps of runs, and models as files. */
function modelFileHandlers({ store, ownFile }: DataContext) {
  const template = async (path: string): Promise<string> => (await ownFile(`/templates/${path}`, path)).text();
  return {
    savedSteps: async ({ runId }) => surveySnapshots(await store, runId),
    async freeRun({ runId }) {
      const blobs = await store;
      const bytes = await holdingRun(runId, async () => {
        const freedBytes = await bytesOfSteps(blobs, runId);
        await freeRun(blobs, runId);
        return freedBytes;
      });
      await collectData(blobs);
      return { bytes };
    },
    async dropUnused() {
      await collectData(await store);
      return null;
    },
    exportModel: async (input, job) =>
      (await loaded('The model exporter', import('./exporting'))).exportModel(await store, template, input, job),
    importModel: async (input, job) =>
      (await loaded('The model importer', import('./importing'))).importModelFiles(await store, input, job),
  } satisfies SomeDataHandlers;
}
