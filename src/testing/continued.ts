import { resume } from '../jobs/train';
import type { BlobStore } from '../core/base/blobStore';
import { readJournal } from '../core/runs/journal';
import type { DataRecord } from '../core/runs/project';
import { readRun, type RunRecord } from '../core/runs/record';
import { dataOf } from '../core/runs/segments';
import { readTokenizer } from '../core/runs/tokenizer';
import { readShards } from '../core/shards/build';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { chooseDevice } from '../core/train/device';
import type { Continuation } from './golden';
import { wasmFolder } from './wasm';

/**
 * Resumes a stored run as the page does, for the steps of `continuation`. A run without data of its own uses the store's
 * data for its tokenizer.
 */
export async function continued(
  store: BlobStore,
  { runId, device, from, of: totalSteps, steps }: Continuation,
): Promise<Continuation['steps']> {
  await chooseDevice(device === 'WASM' ? 'wasm' : 'webgpu', wasmFolder);
  const record = (await readRun(store, runId))!;
  const lastStep = from + steps.length;
  const stop = new AbortController();
  await resume(
    { store, device },
    { runId, steps: totalSteps, ...(dataOf(record).id === null && { data: await dataFor(store, record) }) },
    {
      signal: stop.signal,
      report(events) {
        if (events.some((event) => event.kind === 'step' && event.step >= lastStep)) stop.abort();
      },
    },
  );
  return (await readJournal(store, runId)).flatMap((event) =>
    event.kind === 'step' && event.step > from && event.step <= lastStep
      ? [[event.step, event.loss, event.gradientNorm] as const]
      : [],
  );
}

async function dataFor(store: BlobStore, record: RunRecord): Promise<DataRecord> {
  const { hash: tokenizerHash } = await createTokenizer(await readTokenizer(store, record));
  const { unigramLoss } = dataOf(record).facts!;
  for (const key of await store.keys('data/')) {
    const manifest = await readShards(store, key.slice('data/'.length));
    if (manifest?.tokenizerHash === tokenizerHash) return { texts: [], tokenizerHash, manifest, unigramLoss };
  }
  throw new Error(`No data were cut by ${tokenizerHash}`);
}
