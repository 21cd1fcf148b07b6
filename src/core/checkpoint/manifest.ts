import { z } from '../base/zod';
import type { BlobStore, Json } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { type JsonObject, type Kind, parseRecord } from '../base/record';
import { fromHalf, toHalf } from '../base/half';
import { sha256Hex } from '../base/hash';
import type { StepSummary } from './head';
import { type Snapshot, type TrainState, trainStateSchema } from './snapshot';
import { bytesOf, type HostTensor, type NamedTensors } from './tensors';

/**
 * Manifest of a saved step. Its chunks contain the concatenated tensors, little-endian. Version 1 has no precision, and
 * must stay readable.
 */
export type Manifest = z.infer<typeof manifestSchema>;
/** Weights and optimizer moments, enough to resume from; or weights alone. */
export type Holds = 'all' | 'weights';
/** f16: each number rounded to the nearest half, so values change slightly. */
export type Precision = 'f32' | 'f16';
export interface Form {
  holds: Holds;
  precision: Precision;
}
/** Defaults of fields that a manifest leaves out. */
export const formOf = ({ holds = 'all', precision = 'f32' }: Partial<Form>): Form => ({ holds, precision });

export async function makeManifest(
  id: string,
  { state, tensors }: Snapshot,
  { holds, precision }: Form,
  chunkBytes: number,
  chunks: readonly string[],
): Promise<Manifest> {
  const shapes = [...tensors].map(([name, { shape }]) => ({ name, shape: [...shape] }));
  return withRoot({
    version: 2,
    id,
    state,
    ...(holds === 'weights' && { holds }),
    ...(precision === 'f16' && { precision }),
    tensors: shapes,
    bytes: BYTES_PER_NUMBER[precision] * shapes.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    chunkBytes,
    chunks: [...chunks],
  });
}

/** Summary of a step for the list of a run's steps. */
export const stepSummary = ({ bytes, chunks, holds }: Manifest): StepSummary => ({
  bytes,
  chunks: chunks.length,
  ...(holds && { holds }),
});

/** The same step with an updated state. */
export const withState = ({ root: _, ...body }: Manifest, state: TrainState): Promise<Manifest> =>
  withRoot({ ...body, state });

const withRoot = async (body: Omit<Manifest, 'root'>): Promise<Manifest> => ({ ...body, root: await rootOf(body) });

/**
 * @throws HomegrownError `storage-damaged` if the manifest is missing, malformed or doesn't match its root;
 * `newer-version`
 */
export async function readManifest(store: BlobStore, key: string, kind: Kind<Manifest> = MANIFEST): Promise<Manifest> {
  const stored = await store.get(key);
  if (stored === undefined) throw new HomegrownError('storage-damaged', `${kind.what(key)} is missing`);
  const manifest = parseRecord(stored, key, kind);
  // Hashes the stored value in its own version. The cast is safe, because it was parsed as a record.
  const { root: _, ...body } = stored as JsonObject;
  if ((await rootOf(body)) !== manifest.root)
    throw new HomegrownError('storage-damaged', `${kind.what(key)} has changed since it was written`);
  return manifest;
}

/** Bytes of the tensors in chunks of `chunkBytes`; the last is shorter. */
export function* packed(tensors: NamedTensors, precision: Precision, chunkBytes: number): Generator<Uint8Array> {
  let remainingBytes = [...tensors.values()].reduce(
    (bytes, { data }) => bytes + BYTES_PER_NUMBER[precision] * data.length,
    0,
  );
  let chunk = new Uint8Array(Math.min(chunkBytes, remainingBytes));
  let filled = 0;
  for (const tensor of tensors.values()) {
    const bytes = precision === 'f16' ? new Uint8Array(toHalf(tensor.data).buffer) : bytesOf(tensor);
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + chunk.length - filled);
      chunk.set(piece, filled);
      at += piece.length;
      filled += piece.length;
      if (filled < chunk.length) continue;
      yield chunk;
      remainingBytes -= filled;
      chunk = new Uint8Array(Math.min(chunkBytes, remainingBytes));
      filled = 0;
    }
  }
}

/** Reverses `packed` for the given tensors, with one chunk in memory at a time; skips chunks of others. */
export async function fillTensors(
  { tensors, chunkBytes, ...form }: Manifest,
  isWanted: (name: string) => boolean,
  chunk: (i: number) => Promise<Uint8Array>,
): Promise<NamedTensors> {
  const filled = new Map<string, HostTensor>();
  const { precision } = formOf(form);
  let begin = 0;
  let chunkIndex = -1;
  let currentChunk: Uint8Array = new Uint8Array(0);
  for (const { name, shape } of tensors) {
    const tensorStart = begin;
    begin += BYTES_PER_NUMBER[precision] * elementCount(shape);
    if (!isWanted(name)) continue;
    const bytes = new Uint8Array(BYTES_PER_NUMBER[precision] * elementCount(shape));
    for (let at = 0; at < bytes.length;) {
      const i = Math.floor((tensorStart + at) / chunkBytes);
      if (i !== chunkIndex) [chunkIndex, currentChunk] = [i, await chunk(i)];
      const offset = (tensorStart + at) % chunkBytes;
      const piece = currentChunk.subarray(offset, offset + bytes.length - at);
      if (piece.length === 0)
        throw new HomegrownError('bug', `Chunk ${i} has ${currentChunk.length} of ${chunkBytes} bytes`);
      bytes.set(piece, at);
      at += piece.length;
    }
    const { buffer } = bytes;
    const data = precision === 'f16' ? Float32Array.from(new Uint16Array(buffer), fromHalf) : new Float32Array(buffer);
    filled.set(name, { shape, data });
  }
  return filled;
}

const elementCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
/** Bytes per number. */
const BYTES_PER_NUMBER = { f32: 4, f16: 2 } as const;

const count = z.number().int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.strictObject({
  version: z.literal(2),
  id: z.string(),
  state: trainStateSchema,
  /** Absent if the step has optimizer moments too. */
  holds: z.literal('weights').exactOptional(),
  /** Absent for f32. */
  precision: z.literal('f16').exactOptional(),
  tensors: z.array(z.strictObject({ name: z.string(), shape: z.array(count) })),
  bytes: count,
  chunkBytes: count,
  chunks: z.array(hash),
  /** SHA-256 of all fields above, which covers the chunks through their hashes. */
  root: hash,
});
export const MANIFEST: Kind<Manifest> = {
  what: (key) => `The description of step ${Number.parseInt(key.split('/').at(-1)!, 10)}`,
  version: 2,
  schema: manifestSchema,
  // Version 1 was always f32.
  upgrades: [(old) => old],
};

const rootOf = (body: JsonObject): Promise<string> => sha256Hex(canonical(body));

/** JSON with sorted keys, so that equal values have equal text. */
function canonical(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
