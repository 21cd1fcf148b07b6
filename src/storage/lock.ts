import { HomegrownError } from '../core/base/errors';

/**
 * Makes this tab the only one that works on a run, until `release` or until the tab ends, however it ends.
 * @throws HomegrownError `in-use` when another tab holds it
 */
export function holdRun(runId: string): Promise<{ release(): void }> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`homegrown:run:${runId}`, { ifAvailable: true }, (lock) => {
        if (lock) return new Promise<void>((release) => resolve({ release }));
        reject(new HomegrownError('in-use', 'This run is open in another tab', 'Continue there, or close that tab.'));
        return undefined;
      })
      .catch(reject);
  });
}
