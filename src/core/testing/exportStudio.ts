/** A studio with a model to export. */
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import type { Exported } from '../export/format';
import { huggingFaceFiles } from '../export/huggingFace';
import { importRun } from '../export/run';
import { bytesSource, readBytes } from '../files/byteSource';
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
  const taken = testStudio(store);
  const { studio } = taken;
  studio.getState().change({ runId: 'r' });
  await studio.getState().loadRun();
  return taken;
}
