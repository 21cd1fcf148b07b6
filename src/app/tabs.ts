/** How the tabs of one browser that have Homegrown open know of each other. */
import type { Tabs } from '../state/studio';
import { holdData, holdUndo, isTraining, lockTraining } from '../storage/lock';

export function openTabs(): Tabs {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', ({ data }) => {
    if (data === RELOAD) location.reload();
  });
  return {
    announce: () => channel.postMessage(null),
    listen(look) {
      channel.addEventListener('message', look);
      document.addEventListener('visibilitychange', () => {
        if (!document.hidden) look();
      });
    },
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
