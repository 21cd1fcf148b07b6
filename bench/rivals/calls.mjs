// Dawn in Node as navigator.gpu, with every WebGPU call counted at the API itself (adapter-independent figures).
import { create, globals } from 'webgpu';
Object.assign(globalThis, globals);
const real = create(['enable-dawn-features=allow_unsafe_apis']);
const gpu = {
  wgslLanguageFeatures: real.wgslLanguageFeatures,
  getPreferredCanvasFormat: () => 'bgra8unorm',
  requestAdapter: async (o) => {
    const a = await real.requestAdapter(o);
    const request = a.requestDevice.bind(a);
    a.requestDevice = (d = {}) => request({ ...d, requiredFeatures: (d.requiredFeatures ?? []).flat() });
    return a;
  },
};
Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
export const count = { dispatches: 0, submits: 0, buffers: 0, bindGroups: 0, live: 0, peak: 0 };
export const reset = () => Object.assign(count, { dispatches: 0, submits: 0, buffers: 0, bindGroups: 0 });
const wrap = (proto, name, before) => {
  const f = proto[name];
  proto[name] = function (...a) {
    before(...a);
    return f.apply(this, a);
  };
};
wrap(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => count.dispatches++);
wrap(GPUQueue.prototype, 'submit', () => count.submits++);
wrap(GPUDevice.prototype, 'createBindGroup', () => count.bindGroups++);
const make = GPUDevice.prototype.createBuffer;
GPUDevice.prototype.createBuffer = function (d) {
  count.buffers++;
  count.live += d.size;
  count.peak = Math.max(count.peak, count.live);
  const b = make.call(this, d);
  const destroy = b.destroy.bind(b);
  b.destroy = () => {
    count.live -= d.size;
    destroy();
  };
  return b;
};
export const config = { V: 65, T: 64, E: 128, H: 4, L: 2, B: 8, steps: 8, ...JSON.parse(process.argv[2] ?? '{}') };
/** steps: array of {ms, dispatches, submits, buffers, bindGroups}; prints one JSON line with the medians after the warm-up half. */
export function report(name, steps) {
  const tail = steps.slice(Math.ceil(steps.length / 2));
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
      peakMB: +(count.peak / 1e6).toFixed(1),
    }),
  );
  process.exit(0);
}
