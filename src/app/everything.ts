/**
 * Deletes all of a person's data from this browser. A page that has opened nothing yet does it: the requesting page
 * reloads, and other pages wait at their start until it is done.
 */
import { DATABASE } from '../storage/connection';
import { eraseDatabase } from '../storage/erase';
import { isErasing, lockErasing, lockTraining, whenErased } from '../storage/lock';
import { reloadOthers } from './tabs';

/** Requests the deletion and reloads the page, which then deletes everything at its start. */
export function askToDeleteEverything(): void {
  sessionStorage.setItem(REQUESTED, 'yes');
  location.replace('/');
}

/**
 * Runs at the start of a page, before the store opens: deletes all if requested, else waits while another tab does.
 * Resolves with whether all was deleted here.
 * @param onBusy called if this takes a while
 * @throws HomegrownError `in-use` if another tab trains a run: nothing was deleted; `storage-blocked`
 */
export async function deleteWhatWasAsked(onBusy: () => void): Promise<boolean> {
  if (sessionStorage.getItem(REQUESTED) === null) {
    if (await isErasing()) {
      onBusy();
      await whenErased();
    }
    return false;
  }
  // Deletes once per request: a page that reloads after a failure opens the remaining data.
  sessionStorage.clear();
  const training = await lockTraining();
  const erasing = await lockErasing();
  onBusy();
  try {
    reloadOthers();
    await eraseDatabase(DATABASE);
    localStorage.clear();
    return true;
  } finally {
    erasing.release();
    training.release();
  }
}

const REQUESTED = 'delete-everything';
