/** A studio with a model to export. */
import { memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import type { Exported } from '../core/export/format';
import { huggingFaceFiles } from '../core/export/formats/huggingFace/write';
import { importRun } from '../core/export/run';
import { bytesSource, readBytes } from '../core/files/byteSource';
import { type TestStudio, testStudio } from './behindChannels';

export async function exportStudio(model: Exported): Promise<TestStudio> {
  const store = memoryStore();
  const files = await Promise.all(
    huggingFaceFiles(model, { withOptimizer: true }).map(async (file) => ({
      name: file.name,
      source: bytesSource(await readBytes(file)),
    })),
  );
  await importRun(store, { runId: 'r', projectId: 'first' }, files, 0, unwatched);
  const page = testStudio(store);
  const { studio } = page;
  studio.getState().change({ runId: 'r' });
  await studio.getState().loadRun();
  return page;
}
