import { memoryStore } from '../core/base/blobStore';
import type { Services } from '../state/slices/studio';

/** What a studio stands on where no worker answers, nothing is handed out, and no other tab is open. */
export function inertServices(): Services {
  const silent = { call: () => new Promise<never>(() => undefined), end: () => undefined };
  return {
    data: silent,
    gpu: silent,
    verify: silent,
    store: memoryStore(),
    now: () => 0,
    newId: () => 'run',
    wakeLock: { hold: () => undefined, release: () => undefined },
    download: () => undefined,
    tabs: {
      announce: () => undefined,
      listen: () => undefined,
      pause: () => Promise.resolve(),
      lockTraining: () => Promise.resolve({ release: () => undefined }),
      holdData: () => Promise.resolve({ release: () => undefined }),
      holdUndo: () => Promise.resolve({ release: () => undefined }),
      isTraining: () => Promise.resolve(false),
    },
  };
}
