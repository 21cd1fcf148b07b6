import { z } from '../base/zod';
import type { BlobStore, Json } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { type Kind, readRecord } from '../base/record';
import { sha256Hex } from '../base/hash';
import { type Snapshot, type TrainState, trainStateSchema } from './snapshot';
import { bytesOf, type HostTensor, type NamedTensors } from './tensors';

/** Describes one saved step: its tensors follow each other in its chunks as little-endian f32. */
export type Manifest = z.infer<typeof manifestSchema>;
/** Weights and moments, which a run can go on from; or weights alone. */
export type Holds = 'all' | 'weights';

export async function makeManifest(
  id: string,
  { state, tensors }: Snapshot,
  holds: Holds,
  chunkBytes: number,
  chunks: readonly string[],
): Promise<Manifest> {
  const shapes = [...tensors].map(([name, { shape }]) => ({ name, shape: [...shape] }));
  return described({
    version: 1,
    id,
    state,
    ...(holds === 'weights' && { holds }),
    tensors: shapes,
    bytes: sizeOf(shapes),
    chunkBytes,
    chunks: [...chunks],
  });
}

/** The same step, of whose state more is known. */
export const restated = ({ root: _, ...body }: Manifest, state: TrainState): Promise<Manifest> =>
  described({ ...body, state });

const described = async (body: Omit<Manifest, 'root'>): Promise<Manifest> => ({ ...body, root: await rootOf(body) });

/**
 * @throws HomegrownError `storage-damaged` when it is missing, malformed, or does not hash to its root; `newer-version`
 */
export async function readManifest(store: BlobStore, key: string): Promise<Manifest> {
  const manifest = await readRecord(store, key, MANIFEST);
  if (!manifest) throw new HomegrownError('storage-damaged', `${MANIFEST.what(key)} is missing`);
  const { root, ...body } = manifest;
  if ((await rootOf(body)) !== root)
    throw new HomegrownError('storage-damaged', `${MANIFEST.what(key)} has changed since it was written`);
  return manifest;
}

/** The tensors' bytes in chunks of `chunkBytes`; the last is shorter. */
export function* packed(tensors: NamedTensors, chunkBytes: number): Generator<Uint8Array> {
  let left = [...tensors.values()].reduce((bytes, { data }) => bytes + data.byteLength, 0);
  let chunk = new Uint8Array(Math.min(chunkBytes, left));
  let filled = 0;
  for (const tensor of tensors.values()) {
    const bytes = bytesOf(tensor);
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + chunk.length - filled);
      chunk.set(piece, filled);
      at += piece.length;
      filled += piece.length;
      if (filled < chunk.length) continue;
      yield chunk;
      left -= filled;
      chunk = new Uint8Array(Math.min(chunkBytes, left));
      filled = 0;
    }
  }
}

/** The inverse of `packed` for the tensors that are wanted, one chunk in memory at a time; chunks of others are not asked for. */
export async function fillTensors(
  { tensors, chunkBytes }: Manifest,
  isWanted: (name: string) => boolean,
  chunk: (i: number) => Promise<Uint8Array>,
): Promise<NamedTensors> {
  const filled = new Map<string, HostTensor>();
  let begin = 0;
  let held = -1;
  let current: Uint8Array = new Uint8Array(0);
  for (const { name, shape } of tensors) {
    const from = begin;
    begin += 4 * elements(shape);
    if (!isWanted(name)) continue;
    const tensor = { shape, data: new Float32Array(elements(shape)) };
    const bytes = bytesOf(tensor);
    for (let at = 0; at < bytes.length;) {
      const i = Math.floor((from + at) / chunkBytes);
      if (i !== held) [held, current] = [i, await chunk(i)];
      const offset = (from + at) % chunkBytes;
      const piece = current.subarray(offset, offset + bytes.length - at);
      if (piece.length === 0)
        throw new HomegrownError('bug', `Chunk ${i} has ${current.length} of ${chunkBytes} bytes`);
      bytes.set(piece, at);
      at += piece.length;
    }
    filled.set(name, tensor);
  }
  return filled;
}

const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const sizeOf = (tensors: readonly { shape: readonly number[] }[]): number =>
  tensors.reduce((bytes, { shape }) => bytes + 4 * elements(shape), 0);

const count = z.number().int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  state: trainStateSchema,
  /** Absent where it holds all. */
  holds: z.literal('weights').exactOptional(),
  tensors: z.array(z.strictObject({ name: z.string(), shape: z.array(count) })),
  bytes: count,
  chunkBytes: count,
  chunks: z.array(hash),
  /** SHA-256 of everything above, and so of everything below the chunks' hashes. */
  root: hash,
});
export const MANIFEST: Kind<Manifest> = {
  what: (key) => `The description of step ${Number.parseInt(key.split('/').at(-1)!, 10)}`,
  version: 1,
  schema: manifestSchema,
  upgrades: [],
};

const rootOf = (body: Omit<Manifest, 'root'>): Promise<string> => sha256Hex(canonical(body));

/** JSON with its keys in order, so that equal values have equal text. */
function canonical(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
