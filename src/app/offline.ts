/** The page's side of the service worker: has the app stored for use without a network, and reports a newer version. */
import type { Asked, OfflineMessage } from '../protocol/offline';
import { idle, isUnused, unused } from './calm';
import { countRequests } from './privacyPromise';
import { registerServiceWorker } from './workers';
import type { StudioStore } from '../state/slices/studio';

/** Does nothing in development, where files change; asks first if the browser saves data. */
export async function keepOffline(store: StudioStore): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const existing = await navigator.serviceWorker.getRegistration();
  if (existing || !isSavingData()) await keepNow(store);
  else store.setState({ offline: { kind: 'to be asked', keep: () => void keepNow(store) } });
}

/** @throws the browser's error if it refuses service workers, as in some private windows */
async function keepNow(store: StudioStore): Promise<void> {
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener('message', ({ data, source }) => {
    onMessage(
      store,
      data as OfflineMessage,
      registration?.active === source ? 'active' : registration?.active ? 'newer' : 'first',
    );
  });
  serviceWorker.startMessages();
  serviceWorker.addEventListener('controllerchange', () => isTakingOver && location.reload());

  registration = await registerServiceWorker();
  const { active } = registration;
  registration.addEventListener('updatefound', () => watchNewer(store));
  watchNewer(store);
  (active ?? (await serviceWorker.ready).active)?.postMessage('keep' satisfies Asked);
}

/** The rest is stored in small parts while the page is idle. */
async function keepMore(store: StudioStore): Promise<void> {
  await idle();
  // Between two batches one check is enough: nothing was in use before the last one.
  if (!isStoringMore || !isUnused(store.getState())) await unused(store);
  isStoringMore = true;
  registration?.active?.postMessage('keep more' satisfies Asked);
}
let isStoringMore = false;
let registration: ServiceWorkerRegistration | undefined;
let isTakingOver = false;
let waitingNotice: ReturnType<typeof setTimeout> | undefined;
/** Wait before a toast says that the newer version isn't open yet. */
const LATE_MS = 3000;

/** Opens the newer version; if other pages are open, a toast says so. */
export function openNewer(): void {
  const { waiting } = registration ?? {};
  // The newer version is already active, and this page missed that.
  if (!waiting) {
    location.reload();
    return;
  }
  isTakingOver = true;
  waiting.postMessage('take over' satisfies Asked);
}

function onMessage(store: StudioStore, message: OfflineMessage, from: 'active' | 'newer' | 'first'): void {
  switch (message.kind) {
    case 'asked':
      countRequests(store, { own: 1, elsewhere: 0 });
      break;
    case 'kept': {
      // A newer version stores its own files while the current one has all of its own.
      if (from === 'newer') break;
      const { bytes, of } = message;
      // Only an active one serves the files.
      const isActive = from === 'active';
      const hasCore = message.hasCore && isActive;
      store.setState({
        offline: bytes === of && isActive ? { kind: 'kept', bytes } : { kind: 'keeping', hasCore, bytes, of },
      });
      break;
    }
    case 'stored':
      if (from === 'active' && message.isMissingMore) void keepMore(store);
      break;
    case 'taking over':
      // Usually a reload follows, within a tenth of that.
      clearTimeout(waitingNotice);
      waitingNotice = setTimeout(() => {
        store.getState().toast({ text: 'Newer version not open yet', detail: 'The browser opens it within a minute' });
      }, LATE_MS);
      break;
    case 'open elsewhere': {
      // This may answer an earlier request after a second one was granted, so the request stands.
      const otherPages = message.pages - 1;
      const words = otherPages === 1 ? 'the other Homegrown tab' : `the ${otherPages} other Homegrown tabs`;
      store.getState().toast({ text: 'Newer version not open yet', detail: `Close ${words} first` });
      break;
    }
    default:
      message satisfies never;
  }
}

/** Reports a version that waits while an older one is active. */
function watchNewer(store: StudioStore): void {
  const { installing, waiting, active } = registration!;
  if (waiting && active) reportNewer(store);
  installing?.addEventListener('statechange', () => {
    if (installing.state === 'installed' && registration?.active) reportNewer(store);
  });
}
function reportNewer(store: StudioStore): void {
  if (store.getState().hasNewer) return;
  store.setState({ hasNewer: true });
  store.getState().toast({
    text: 'A newer version is ready',
    detail: 'It opens once all tabs with this version are closed',
  });
}

const isSavingData = (): boolean =>
  'connection' in navigator && (navigator.connection as { saveData?: boolean }).saveData === true;
