/** Starts the workers. Under Trusted Types a script address must come from this one policy, which knows just these. */
import { isRequests, type Requests } from '../workers/requests';
import dataWorker from '../workers/data.worker?worker&url';
import gpuWorker from '../workers/gpu.worker?worker&url';
import verifyWorker from '../workers/verify.worker?worker&url';

interface ScriptPolicy {
  createScriptURL(url: string): unknown;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptPolicy;
}

const SERVICE_WORKER = '/sw.js';
const KNOWN = [dataWorker, gpuWorker, verifyWorker, SERVICE_WORKER];
const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
const policy = trustedTypes?.createPolicy('homegrown-worker', {
  createScriptURL(url) {
    if (KNOWN.includes(url)) return url;
    throw new TypeError(`${url} is not one of our workers`);
  },
});

const trusted = (url: string): string => (policy?.createScriptURL(url) ?? url) as string;

/** Called with what any worker asked for. */
export const onWorkerRequests = (listener: (more: Requests) => void): void => void listeners.add(listener);
const listeners = new Set<(more: Requests) => void>();

function spawn(url: string, name: string): Worker {
  const worker = new Worker(trusted(url), { type: 'module', name });
  worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isRequests(data)) for (const listener of listeners) listener(data.requests);
  });
  return worker;
}

export const spawnData = (): Worker => spawn(dataWorker, 'data');
export const spawnGpu = (): Worker => spawn(gpuWorker, 'gpu');
export const spawnVerify = (): Worker => spawn(verifyWorker, 'verify');

export const registerServiceWorker = (): Promise<ServiceWorkerRegistration> =>
  navigator.serviceWorker.register(trusted(SERVICE_WORKER), { updateViaCache: 'none' });
