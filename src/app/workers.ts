/** Starts the workers. Under Trusted Types a script address must come from this one policy, which knows just these. */
import dataWorker from '../workers/data.worker?worker&url';
import gpuWorker from '../workers/gpu.worker?worker&url';
import verifyWorker from '../workers/verify.worker?worker&url';

interface ScriptPolicy {
  createScriptURL(url: string): unknown;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptPolicy;
}

const KNOWN = [dataWorker, gpuWorker, verifyWorker];
const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
const policy = trustedTypes?.createPolicy('homegrown-worker', {
  createScriptURL(url) {
    if (KNOWN.includes(url)) return url;
    throw new TypeError(`${url} is not one of our workers`);
  },
});

const spawn = (url: string, name: string): Worker =>
  new Worker((policy?.createScriptURL(url) ?? url) as string, { type: 'module', name });

export const spawnData = (): Worker => spawn(dataWorker, 'data');
export const spawnGpu = (): Worker => spawn(gpuWorker, 'gpu');
export const spawnVerify = (): Worker => spawn(verifyWorker, 'verify');
