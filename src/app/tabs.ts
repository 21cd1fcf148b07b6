import { holdData, holdUndo, isTraining, lockTraining } from '../storage/lock';
import type { Tabs } from '../state/slices/studio';

export function openTabs(): Tabs {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', ({ data }) => {
    if (data === RELOAD) location.reload();
  });
  return {
    announce: () => channel.postMessage(null),
    listen(look) {
      // A hidden tab reads changes once it is visible.
      const lookIfSeen = (): void => {
        if (!document.hidden) look();
      };
      channel.addEventListener('message', lookIfSeen);
      document.addEventListener('visibilitychange', lookIfSeen);
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
