/** How the tabs of one browser that have Homegrown open know of each other. */
import type { Tabs } from '../state/studio';
import { lockTraining, isTraining } from '../storage/lock';

export function openTabs(): Tabs {
  const channel = new BroadcastChannel('homegrown');
  return {
    announce: () => channel.postMessage(null),
    listen(look) {
      channel.addEventListener('message', look);
      document.addEventListener('visibilitychange', () => {
        if (!document.hidden) look();
      });
    },
    lockTraining,
    isTraining,
  };
}
