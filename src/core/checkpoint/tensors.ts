/** Tensors on the host, by name. The only currency between training, storage and export. */
export interface HostTensor {
  shape: readonly number[];
  data: Float32Array;
}
export type NamedTensors = ReadonlyMap<string, HostTensor>;
