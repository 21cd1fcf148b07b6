/** A stored run as files, and files as a stored run. */
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import type { Job } from '../base/job';
import type { ByteSource, ByteStream } from '../checkpoint/byteSource';
import { claimRun, loadSnapshot } from '../checkpoint/checkpoint';
import type { WhichSnapshot } from '../checkpoint/snapshot';
import { openMetrics, readMetrics } from '../runs/metrics';
import { deleteRun, readRun, writeRun } from '../runs/record';
import { createTokenizer } from '../tokenizer/byteLevel';
import { DEFAULT_RECIPE } from '../train/recipe';
import { huggingFaceFiles, runInfo } from './huggingFace';
import { importHuggingFace } from './importHuggingFace';

/** @returns the folder's files, and a name for it without an ending: `moby-dick-step-2600` */
export async function exportRun(
  store: BlobStore,
  runId: string,
  which: WhichSnapshot,
  options: { withOptimizer: boolean },
): Promise<{ name: string; files: readonly ByteStream[] }> {
  const record = await readRun(store, runId);
  if (!record) throw new HomegrownError('bad-settings', `There is no run ${runId}`);
  const { snapshot } = await loadSnapshot(store, runId, which);
  const info = runInfo(record, snapshot, await readMetrics(store, runId));
  const files = huggingFaceFiles(info, snapshot, await createTokenizer(record.tokenizer), options);
  return { name: `${slug(record.name)}-step-${snapshot.state.step}`, files };
}

/** Stores the model as a new run. When anything in it is wrong, or does not fit into the store, nothing remains. */
export async function importRun(
  store: BlobStore,
  runId: string,
  files: readonly { name: string; source: ByteSource }[],
  addedAt: number,
  job: Job,
): Promise<void> {
  const { model, tokenizer, snapshot, info } = await importHuggingFace(files, job);
  const { step, activeMs } = snapshot.state;
  const recipe = info?.recipe ?? { ...DEFAULT_RECIPE };
  try {
    const { bytes } = await (await claimRun(store, runId)).save(snapshot, { best: true });
    const events = [{ kind: 'saved' as const, step, bytes }];
    const evaluated = info?.result ? [{ kind: 'evaluated' as const, ...info.result, activeMs, sample: '' }] : [];
    await (await openMetrics(store, runId, step)).append([...evaluated, ...events]);
    await writeRun(store, {
      version: 1,
      id: runId,
      name: info?.name ?? files[0]!.name.replace(/\.[a-z]+$/i, ''),
      createdAt: info?.createdAt ?? addedAt,
      status: step >= recipe.steps ? 'finished' : 'stopped',
      step,
      model,
      recipe,
      tokenizer: tokenizer.model,
      device: info?.device ?? null,
      manifest: null,
      data: info?.data ?? null,
    });
  } catch (error) {
    await deleteRun(store, runId);
    throw error;
  }
}

const slug = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'model';
