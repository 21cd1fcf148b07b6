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
      // What is said while nobody sees this tab is looked for when somebody does.
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

/** Every other page of this browser begins anew. */
export function reloadOthers(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(RELOAD);
  channel.close();
}

const CHANNEL = 'homegrown';
const RELOAD = 'reload';
