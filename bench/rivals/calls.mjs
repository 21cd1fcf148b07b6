// Installs Dawn in Node as navigator.gpu, counts every call, as for our own step, and tolerates what rivals need.
import { installDawn } from '../../node/dawn.ts';
import { countCalls } from '../../src/testing/dawn.ts';
export const config = { V: 65, T: 64, E: 128, H: 4, L: 2, B: 8, steps: 8, ...JSON.parse(process.argv[2] ?? '{}') };
installDawn(config);
const { gpu: dawn } = navigator;
const gpu = {
  wgslLanguageFeatures: dawn.wgslLanguageFeatures,
  getPreferredCanvasFormat: () => 'bgra8unorm',
  requestAdapter: async (o) => {
    const a = await dawn.requestAdapter(o);
    const request = a.requestDevice.bind(a);
    a.requestDevice = (d = {}) => request({ ...d, requiredFeatures: (d.requiredFeatures ?? []).flat() });
    return a;
  },
};
Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
export const count = countCalls();
export const reset = () => count.reset();
/** Prints a JSON line of medians over the last 3/4 of steps {ms, dispatches, submits, buffers, bindGroups}. */
export function report(name, steps) {
  const tail = steps.slice(Math.ceil(steps.length / 4));
  const med = (k) => tail.map((s) => s[k]).sort((a, b) => a - b)[tail.length >> 1];
  const ms = med('ms');
  console.log(
    JSON.stringify({
      name,
      ms: +ms.toFixed(1),
      tokensPerSecond: Math.round((config.B * config.T * 1000) / ms),
      dispatches: med('dispatches'),
      submits: med('submits'),
      buffersPerStep: med('buffers'),
      bindGroupsPerStep: med('bindGroups'),
      peakMB: +(count.peakBytes / 1e6).toFixed(1),
    }),
  );
  process.exit(0);
}
