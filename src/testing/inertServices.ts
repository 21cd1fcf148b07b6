import { memoryStore } from '../core/base/blobStore';
import type { Services } from '../state/slices/studio';

/** Services of a studio without answering workers, downloads or other tabs. */
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
