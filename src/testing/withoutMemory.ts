/**
 * Makes WebGPU's buffers hold next to nothing, and ignore what is written to or bound of them, while `act` runs: for what is traced and never
 * run, such as a step of a model that is larger than the memory here. Call it after `installDawn`.
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
/** Bytes. */
const SMALL = 4096;
