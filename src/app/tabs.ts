import { holdData, holdUndo, isTraining, lockTraining } from '../storage/lock';
import type { Tabs } from '../state/slices/studio';

/** Connects to the other tabs of this browser. */
export function openTabs(): Tabs {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', ({ data }) => {
    if (data === RELOAD) location.reload();
  });
  return {
    announce: () => channel.postMessage(null),
    listen(look) {
      // A hidden tab reads changes once it is visible.
      const lookIfVisible = (): void => {
        if (!document.hidden) look();
      };
      channel.addEventListener('message', lookIfVisible);
      document.addEventListener('visibilitychange', lookIfVisible);
    },
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    lockTraining,
    holdData,
    holdUndo,
    isTraining,
  };
}

/** Reloads all other pages of this browser. */
export function reloadOthers(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(RELOAD);
  channel.close();
}

const CHANNEL = 'homegrown';
const RELOAD = 'reload';
