/** Composition root: the only place that creates workers, storage and other browser services for the state. */
import { connect } from '../client/connect';
import type { DataApi } from '../protocol/data';
import type { GpuApi } from '../protocol/gpu';
import type { VerifyApi } from '../protocol/verify';
import { openStore } from '../storage/store';
import { download } from '../ui';
import { openTabs } from './tabs';
import { createWakeLock } from './wakeLock';
import { spawnData, spawnGpu, spawnVerify } from './workers';
import type { Services } from '../state/slices/studio';

export async function createServices(): Promise<Services> {
  return {
    data: connect<DataApi>(spawnData),
    gpu: connect<GpuApi>(spawnGpu),
    verify: connect<VerifyApi>(spawnVerify),
    store: await openStore(),
    now: () => Date.now(),
    newId: () => crypto.randomUUID(),
    wakeLock: createWakeLock(),
    download,
    tabs: openTabs(),
  };
}
