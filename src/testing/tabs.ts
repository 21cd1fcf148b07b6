import { holdData, holdUndo } from '../storage/lock';
import type { BlobStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { type Halves, halvesOver, type TestStudio, testStudio } from './behindChannels';
import type { Tabs } from '../state/slices/studio';

export interface Browser {
  tab(change?: (halves: Halves) => void): TestStudio;
  /** Ends the training tab without a message; resolves when its locks are free. */
  crash(): Promise<void>;
  close(): void;
}

/** @param pause delay between a message to a tab and its listing */
export function browserOver(store: BlobStore, pause: Tabs['pause'] = () => Promise.resolve()): Browser {
  const looks = new Map<number, () => void>();
  const pages: TestStudio[] = [];
  let holder: number | undefined;
  let gone = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  const tabsOf = (id: number): Tabs => ({
    announce() {
      for (const [other, look] of looks) if (other !== id) look();
    },
    listen: (look) => void looks.set(id, look),
    pause,
    lockTraining() {
      if (holder !== undefined)
        return Promise.reject(new HomegrownError('in-use', 'A run is being trained in another tab of this browser'));
      holder = id;
      return Promise.resolve({ release: () => (holder = undefined) });
    },
    holdData,
    holdUndo,
    isTraining: () => Promise.resolve(holder !== undefined),
  });
  return {
    tab(change = () => undefined) {
      const id = pages.length + 1;
      let ids = 0;
      const halves = halvesOver(store);
      change(halves);
      // A worker ends with its page, so its half must end here.
      const { resume } = halves.gpu;
      halves.gpu.resume = (input, job) => {
        const run = resume(input, { ...job, signal: AbortSignal.any([job.signal, gone.signal]) });
        running = run.catch(() => undefined);
        return run;
      };
      const page = testStudio(store, halves, {
        tabs: tabsOf(id),
        newId: () => (ids++ === 0 ? `run-${id}` : `run-${id}-${ids}`),
      });
      pages.push(page);
      return page;
    },
    async crash() {
      const id = holder!;
      pages[id - 1]!.close();
      looks.delete(id);
      gone.abort();
      await running;
      gone = new AbortController();
      holder = undefined;
    },
    close() {
      for (const page of pages) page.close();
    },
  };
}
