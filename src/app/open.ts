/** Opens the store, and builds the studio over it. */
import { HomegrownError, toFailure, type Failure } from '../core/base/errors';
import { fetchRecognition } from '../core/documents/fetchReaders';
import { explain } from '../state/failures';
import { createStudio } from '../state/studio';
import { loadFonts } from '../ui';
import { calm, idle } from './calm';
import { deleteWhatWasAsked } from './everything';
import { keepOffline } from './offline';
import { watchPromise, watchUsage } from './privacyPromise';
import { fetchPages, placeOf } from './routes';
import { createServices } from './services';
import type { StudioStore } from '../state/slices/studio';

/** @param onDeleting called if everything is being deleted, which takes a while */
export async function open(onDeleting: () => void): Promise<StudioStore> {
  if (!isSecureContext) {
    throw new HomegrownError(
      'storage-blocked',
      `${location.origin} is not a secure address, so the browser blocks storage, GPU and hashing`,
      'Open Homegrown over https, or from localhost on its own computer.',
    );
  }
  const deleted = await deleteWhatWasAsked(onDeleting).catch(toFailure);
  const studio = createStudio(await createServices());
  // Both before anything is drawn: the words of the privacy promise depend on what the browser enforces.
  await Promise.all([watchPromise(studio), studio.getState().load(placeOf(location.pathname).project)]);
  reportDeletion(studio, deleted);
  watchUsage(studio);
  void studio.getState().useDevice('auto');
  void studio.getState().listProjects();
  void studio.getState().migrate();
  void fetchPages()
    .then(loadFonts)
    .then(fetchRecognition)
    .then(idle)
    .then(() => calm(studio))
    .then(() => keepOffline(studio))
    .catch(() => undefined); // the rail says that storage isn't persistent
  return studio;
}

function reportDeletion(studio: StudioStore, deleted: boolean | Failure): void {
  const { toast } = studio.getState();
  if (deleted === true) toast({ text: 'All your data was deleted', detail: 'The app itself stays available offline' });
  else if (deleted !== false) toast({ text: 'Not all data was deleted', detail: explain(deleted) });
}
