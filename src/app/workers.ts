/** Starts the workers. Under Trusted Types a script address must come from this one policy, which allows only these. */
import { isRequests, type Requests } from '../workers/requests';
import script from '../workers/role.worker?worker&url';
import type { Role } from '../workers/roles';
import { trustedScripts } from '../workers/trusted';

const SERVICE_WORKER = '/sw.js';
const trusted = trustedScripts([script, SERVICE_WORKER]);

/** Adds a listener for requests of any worker. */
export const onWorkerRequests = (listener: (requests: Requests) => void): void => void listeners.add(listener);
const listeners = new Set<(requests: Requests) => void>();

function spawn(name: Role): Worker {
  const worker = new Worker(trusted(script), { type: 'module', name });
  worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isRequests(data)) for (const listener of listeners) listener(data.requests);
  });
  return worker;
}

export const spawnData = (): Worker => spawn('data');
export const spawnGpu = (): Worker => spawn('gpu');
export const spawnVerify = (): Worker => spawn('verify');

export const registerServiceWorker = (): Promise<ServiceWorkerRegistration> =>
  navigator.serviceWorker.register(trusted(SERVICE_WORKER), { updateViaCache: 'none' });
