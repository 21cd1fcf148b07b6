/** The composition root: the only place that builds workers, storage and what else the state needs from the browser. */
import { connect } from '../client/connect';
import type { DataApi } from '../protocol/data';
import type { GpuApi } from '../protocol/gpu';
import type { VerifyApi } from '../protocol/verify';
import type { Services } from '../state/studio';
import { openStore } from '../storage/store';
import { openTabs } from './tabs';
import { createWakeLock } from './wakeLock';
import { spawnData, spawnGpu, spawnVerify } from './workers';

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

function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken its own reference once the click is handled; a minute is ample.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
