import { useEffect, useState } from 'react';
import { HomegrownError, toFailure, type Failure } from '../core/base/errors';
import { explain } from '../state/failures';
import { StudioContext } from '../state/react';
import { createStudio, type StudioStore } from '../state/studio';
import { App } from './App';
import { Deleting } from './DeleteEverything';
import { deleteWhatWasAsked } from './everything';
import { FullPageFailure } from './FullPageFailure';
import { PageBoundary } from './PageBoundary';
import { keepOffline } from './offline';
import { ProjectRouter } from './ProjectRouter';
import { fetchPages, placeOf } from './routes';
import { createServices } from './services';
import { watchPromise } from './privacyPromise';

/** Builds the studio once and shows the app over it, or why it cannot start. Nothing is drawn before one of them is known. */
export function Start() {
  const [studio, setStudio] = useState<StudioStore>();
  const [failure, setFailure] = useState<Failure>();
  const [isDeleting, setDeleting] = useState(false);
  useEffect(() => {
    begin(() => setDeleting(true)).then(setStudio, (error: unknown) => setFailure(toFailure(error)));
  }, []);
  if (failure) return <FullPageFailure failure={failure} />;
  if (!studio) return isDeleting ? <Deleting /> : null;
  return (
    <PageBoundary fallback={(error) => <FullPageFailure failure={error} />}>
      <StudioContext value={studio}>
        <ProjectRouter>
          <App />
        </ProjectRouter>
      </StudioContext>
    </PageBoundary>
  );
}

let begun: Promise<StudioStore> | undefined;

/** Once a page: React runs effects twice in development. */
const begin = (onDeleting: () => void): Promise<StudioStore> => (begun ??= open(onDeleting));

async function open(onDeleting: () => void): Promise<StudioStore> {
  if (!isSecureContext) {
    throw new HomegrownError(
      'storage-blocked',
      `${location.origin} is not a secure address, so the browser withholds storage, GPU and hashing`,
      'Open Homegrown over https, or from localhost on the machine that serves it.',
    );
  }
  const deleted = await deleteWhatWasAsked(onDeleting).catch(toFailure);
  const studio = createStudio(await createServices());
  // Both before anything is drawn: the promise is worded by who holds the page.
  await Promise.all([watchPromise(studio), studio.getState().load(placeOf(location.pathname).project)]);
  tellDeleted(studio, deleted);
  void studio.getState().useDevice('auto');
  void studio.getState().listProjects();
  void studio.getState().migrate();
  void fetchPages()
    .then(idle)
    .then(() => keepOffline(studio))
    .catch(() => undefined); // The rail says that it is not kept.
  return studio;
}

/** When the page has nothing more urgent to do; Safari cannot tell. */
const idle = (): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve());
    else setTimeout(resolve, 1000);
  });

function tellDeleted(studio: StudioStore, deleted: boolean | Failure): void {
  const { toast } = studio.getState();
  if (deleted === true) toast({ text: 'Everything of yours was deleted', detail: 'the app itself stays, for offline' });
  else if (deleted !== false) toast({ text: 'Not everything was deleted', detail: explain(deleted) });
}
