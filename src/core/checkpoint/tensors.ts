/** A tensor on the host: the common form for training, storage and export. */
export interface HostTensor {
  shape: readonly number[];
  data: Float32Array;
}
/** A tensor that is computed while it is read, some rows at a time. */
export interface TensorInPieces {
  shape: readonly number[];
  pieces(): Iterable<Float32Array>;
}
export type NamedTensors = ReadonlyMap<string, HostTensor>;

/** The tensor's memory, little-endian f32, without a copy. */
export const bytesOf = ({ data }: Pick<HostTensor, 'data'>): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Place of the first NaN or infinity, as `name[index]`; undefined if all values are finite. */
export function firstNonFinite(tensors: NamedTensors): string | undefined {
  for (const [name, { data }] of tensors) {
    // A sum is finite only if every term is; f64 cannot overflow on f32 terms. Only a bad tensor is searched twice.
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += data[i]!;
    if (!Number.isFinite(sum)) return `${name}[${data.findIndex((x) => !Number.isFinite(x))}]`;
  }
  return undefined;
}
