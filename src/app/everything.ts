/**
 * Deletes all of a person's data from this browser. A page that has opened nothing yet does it: the requesting page
 * reloads, and other pages wait at their start until it is done.
 */
import { DATABASE } from '../storage/connection';
import { eraseDatabase } from '../storage/erase';
import { isErasing, lockErasing, lockTraining, whenErased } from '../storage/lock';
import { reloadOthers } from './tabs';

/** Leaves the page, to be done when it has been loaded again. */
export function askToDeleteEverything(): void {
  sessionStorage.setItem(ASKED, 'yes');
  location.replace('/');
}

/**
 * At the start of a page, before anything of the store is opened: does it if it was asked for, else waits while another tab
 * does it. Resolves with whether all was deleted here.
 * @param onBusy called where that takes a while
 * @throws HomegrownError `in-use` where a run is trained in another tab: nothing was deleted; `storage-blocked`
 */
export async function deleteWhatWasAsked(onBusy: () => void): Promise<boolean> {
  if (sessionStorage.getItem(ASKED) === null) {
    if (await isErasing()) {
      onBusy();
      await whenErased();
    }
    return false;
  }
  // Asked for once: a page that is loaded again after a failure opens what there is.
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

const ASKED = 'delete-everything';
