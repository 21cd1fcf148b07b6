/** WebGPU outside a browser: Dawn as `navigator.gpu`. */
import { create, globals } from 'webgpu';

/** Sets `navigator.gpu`. Without an adapter its `requestAdapter` returns null, as in a browser. */
export function installDawn(options: { adapter?: string | undefined } = {}): void {
  Object.assign(globalThis, globals);
  pollLessOften();
  const flags = ['disable-dawn-features=timestamp_quantization'];
  if (options.adapter !== undefined) flags.push(`adapter=${options.adapter}`);
  const gpu = create(flags);
  const { navigator } = globalThis as { navigator?: object };
  Object.defineProperty(globalThis, 'navigator', {
    value: { userAgent: 'node', ...navigator, gpu },
    configurable: true,
    writable: true,
  });
}

/**
 * Makes Dawn's bindings poll less often. While work is awaited they poll in every turn of Node's event loop, which takes a core
 * (github.com/dawn-gpu/node-webgpu/issues/17): half of a software adapter on two cores. They keep polling that often for a few
 * milliseconds, so that the times of a fast GPU stay true, then once per millisecond.
 */
function pollLessOften(): void {
  let lastRequestAt = 0;
  const noteRequest = () => void (lastRequestAt = performance.now());
  afterCall<'mapAsync', Promise<void>>(GPUBuffer.prototype, 'mapAsync', noteRequest);
  afterCall(GPUQueue.prototype, 'onSubmittedWorkDone', noteRequest);
  globalThis.setImmediate = new Proxy(setImmediate, {
    apply(original, self, [callback, ...args]: Parameters<typeof setImmediate>) {
      const isLate = isPolling(callback) && performance.now() - lastRequestAt > FREQUENT_MS;
      return isLate ? setTimeout(callback, 1) : (Reflect.apply(original, self, [callback, ...args]) as unknown);
    },
  });
}
/** Milliseconds of frequent polling. The delay after it is at most a fifth of the measured time. */
const FREQUENT_MS = 5;
/** Only Dawn schedules native functions without a name. */
const isPolling = (act: () => void): boolean =>
  act.name === '' && Function.prototype.toString.call(act).endsWith('{ [native code] }');

/** Calls `act` with the result of each call of a method. */
export function afterCall<K extends string, R>(
  prototype: Record<K, (...args: never[]) => R>,
  name: K,
  act: (result: R) => void,
): void {
  const original = prototype[name];
  prototype[name] = function (this: unknown, ...args: never[]) {
    const result = original.apply(this, args);
    act(result);
    return result;
  };
}
