import { HomegrownError } from '../core/base/errors';

/**
 * Makes this tab the only one that works on a run, until `release` or until the tab ends, however it ends.
 * @throws HomegrownError `in-use` when another tab holds it
 */
export const lockRun = (runId: string): Promise<Lock> =>
  acquire(
    `homegrown:run:${runId}`,
    new HomegrownError('in-use', 'This run is open in another tab', 'Continue there, or close that tab.'),
  );

/** Does its work while no other tab works on the run. @throws HomegrownError `in-use` when one does */
export async function holdingRun<T>(runId: string, work: () => Promise<T>): Promise<T> {
  const lock = await lockRun(runId);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/**
 * Makes this tab the only one of this browser that trains.
 * @throws HomegrownError `in-use` if another tab trains
 */
export const lockTraining = (): Promise<Lock> =>
  acquire(
    TRAINING,
    new HomegrownError(
      'in-use',
      'A run is training in another tab of this browser',
      'Stop it there or close that tab, then start here. Nothing was changed.',
    ),
  );

/** Whether any tab trains, this one too. */
export const isTraining = (): Promise<boolean> => isHeld(TRAINING);

async function isHeld(lock: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === lock);
}

/** Keeps other pages from opening the store, until `release`. @throws HomegrownError `in-use` */
export const lockErasing = (): Promise<Lock> =>
  acquire(
    ERASING,
    new HomegrownError('in-use', 'Another tab is deleting all data', 'Reload this page when it is done.'),
  );

/** Whether a tab is deleting all stored data. */
export const isErasing = (): Promise<boolean> => isHeld(ERASING);

/** Resolves when none does. */
export const whenErased = (): Promise<void> => navigator.locks.request(ERASING, { mode: 'shared' }, () => undefined);

/** Makes this tab the only one that migrates older records. @throws HomegrownError `in-use` if another tab does */
export const lockMigration = (): Promise<Lock> =>
  acquire(
    'homegrown:migration',
    new HomegrownError('in-use', 'Another tab is migrating the stored data to this version', 'Wait until it is done.'),
  );

/** Keeps data that no record names from being collected, until `release` or until the tab ends. Any number of tabs may. */
export const holdData = (): Promise<Lock> => hold(DATA);

/** Runs its work while no tab holds data; returns false without running it if one does. */
export async function unlessDataHeld(work: () => Promise<void>): Promise<boolean> {
  const isDone = await navigator.locks.request(DATA, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return lock !== null;
  });
  return isDone;
}

/** Says that something can be undone in this tab, until `release` or until the tab ends. Any number of tabs may. */
export const holdUndo = (): Promise<Lock> => hold(UNDO);

/** Whether a tab can undo something, so removed items must stay; true if unknown. */
export const isUndoLive = (): Promise<boolean> => isHeld(UNDO).catch(() => true);

interface Lock {
  release(): void;
}

/** Shared with other readers. */
const hold = (name: string): Promise<Lock> =>
  new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { mode: 'shared' }, () => new Promise<void>((release) => resolve({ release })))
      .catch(reject);
  });

function acquire(name: string, refusal: HomegrownError): Promise<Lock> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock) return new Promise<void>((release) => resolve({ release }));
        reject(refusal);
        return undefined;
      })
      .catch(reject);
  });
}

const TRAINING = 'homegrown:training';
const ERASING = 'homegrown:erasing';
const DATA = 'homegrown:data';
const UNDO = 'homegrown:undo';
