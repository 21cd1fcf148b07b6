/**
 * Makes WebGPU buffers hold next to nothing, and ignores writes and bindings, while `act` runs. For code that is only
 * traced, such as a step of a model larger than memory. Call it after `installDawn`.
 */
export async function withoutMemory<T>(act: () => Promise<T>): Promise<T> {
  const real = [GPUDevice.prototype, GPUQueue.prototype].map(Object.getOwnPropertyDescriptors);
  const createBuffer = Reflect.get(GPUDevice.prototype, 'createBuffer');
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const size = descriptor.mappedAtCreation ? descriptor.size : Math.min(descriptor.size, SMALL);
    return createBuffer.call(this, { ...descriptor, size });
  };
  GPUDevice.prototype.createBindGroup = () => ({}) as GPUBindGroup;
  GPUQueue.prototype.writeBuffer = () => undefined;
  try {
    return await act();
  } finally {
    Object.defineProperties(GPUDevice.prototype, real[0]!);
    Object.defineProperties(GPUQueue.prototype, real[1]!);
  }
}
/** Buffer size, in bytes. */
const SMALL = 4096;
