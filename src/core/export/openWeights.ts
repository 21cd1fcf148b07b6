/** Opens the tensors of a Hugging Face folder: one safetensors file, or shards with or without an index. */
import { badFile } from '../base/errors';
import type { Job } from '../base/job';
import { MAX_TENSORS } from '../base/limits';
import { z } from '../base/zod';
import type { ByteSource } from '../files/byteSource';
import { openSafetensors, type Safetensors } from '../checkpoint/safetensors';
import type { HostTensor } from '../checkpoint/tensors';
import { sizeOf } from '../models/spec';

export interface Weights {
  /** File name for errors. */
  file: string;
  /** Shapes, by our names. */
  shapes: ReadonlyMap<string, { shape: readonly number[] }>;
  /** Data types of the stored weights, those with the most values first; `bytes`: size of all. */
  precision: readonly string[];
  bytes: number;
  /** Checks hashes. @throws HomegrownError `bad-file` if the tensors don't match the hash in their own file */
  check(job: Job): Promise<void>;
  load(name: string): Promise<HostTensor>;
}

const WEIGHTS = 'model.safetensors';
export const INDEX = 'model.safetensors.index.json';
const PIECE = /^model-(\d{5})-of-(\d{5})\.safetensors$/;

export const holdsWeights = (folder: ReadonlyMap<string, ByteSource>): boolean =>
  folder.has(WEIGHTS) || folder.has(INDEX) || [...folder.keys()].some((name) => PIECE.test(name));

/**
 * Opens the weights of a folder.
 * @param rename returns our name for a tensor of theirs; null to skip it
 * @param index the parsed index, null if the folder has none
 * @throws HomegrownError `bad-file` when a shard is missing, a tensor isn't where the index says, or a tensor occurs
 * twice
 */
export async function openWeights(
  folder: ReadonlyMap<string, ByteSource>,
  rename: (name: string) => string | null,
  index: unknown,
): Promise<Weights> {
  if (folder.has(WEIGHTS)) return openTensors(folder, [WEIGHTS], rename, WEIGHTS);
  if (index === null) return openTensors(folder, piecesOf(folder), rename, 'model-*.safetensors');
  const places = readIndex(index);
  const pieces = [...new Set(places.values())].sort();
  const missing = pieces.filter((piece) => !folder.has(piece));
  if (missing.length > 0) throw incomplete(missing, pieces.length);
  return openTensors(folder, pieces, rename, INDEX, places);
}

/** Opens tensors of these files. @param places file that each tensor must be in; by default any */
export async function openTensors(
  folder: ReadonlyMap<string, ByteSource>,
  files: readonly string[],
  rename: (name: string) => string | null,
  file: string,
  places?: ReadonlyMap<string, string>,
): Promise<Weights> {
  const sources = new Map<string, { storedName: string; path: string; shard: Safetensors }>();
  const differences: string[] = [];
  const seen = new Set<string>();
  const opened: Safetensors[] = [];
  for (const path of files) {
    const shard = await openSafetensors(folder.get(path)!, path);
    opened.push(shard);
    for (const storedName of shard.entries.keys()) {
      const indexedPath = places?.get(storedName);
      if (places && indexedPath !== path) {
        differences.push(`${storedName.slice(0, 80)} is in ${path}, not ${indexedPath ?? 'in the index'}`);
      }
      seen.add(storedName);
      const name = rename(storedName);
      if (name === null) continue;
      const duplicate = sources.get(name);
      if (duplicate)
        throw badFile(`${path}: ${storedName} and ${duplicate.storedName} in ${duplicate.path} are the same tensor`);
      sources.set(name, { storedName, path, shard });
    }
  }
  for (const [name, path] of places ?? [])
    if (!seen.has(name)) differences.push(`${name.slice(0, 80)} is not in ${path}`);
  if (differences.length > 0) {
    throw badFile(
      `${file} does not fit the shards in ${differences.length} places: ${differences.slice(0, 20).join('; ')}`,
      'Nothing was stored. The shards belong to different models: copy or download the folder again.',
    );
  }
  const entries = [...sources.values()].map(({ storedName, shard }) => shard.entries.get(storedName)!);
  return {
    file,
    ...writtenAs(entries.map(({ dtype, shape, begin, end }) => ({ as: dtype, shape, bytes: end - begin }))),
    shapes: new Map([...sources].map(([name, { storedName, shard }]) => [name, shard.entries.get(storedName)!])),
    async check(job) {
      for (const shard of opened) await shard.check(job);
    },
    load(name) {
      const { storedName, shard } = sources.get(name)!;
      return shard.load(storedName);
    },
  };
}

/** Data types of tensors, those with the most values first, and the total number of bytes. */
export function writtenAs(
  tensors: readonly { as: string; shape: readonly number[]; bytes: number }[],
): Pick<Weights, 'precision' | 'bytes'> {
  const values = new Map<string, number>();
  for (const { as, shape } of tensors) values.set(as, (values.get(as) ?? 0) + sizeOf(shape));
  const ordered = [...values].sort(([, a], [, b]) => b - a);
  return { precision: ordered.map(([as]) => as), bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Finds consecutively numbered shards, for a model without an index. */
function piecesOf(folder: ReadonlyMap<string, ByteSource>): readonly string[] {
  const pieces = [...folder.keys()].filter((name) => PIECE.test(name)).sort();
  const counts = new Set(pieces.map((name) => PIECE.exec(name)![2]!));
  const [count] = counts;
  if (counts.size !== 1 || count === undefined)
    throw badFile(`There are shards of several models, with different shard counts: ${[...counts].join(', ')}`);
  const wanted = Array.from(
    { length: Number(count) },
    (_, i) => `model-${String(i + 1).padStart(5, '0')}-of-${count}.safetensors`,
  );
  const missing = wanted.filter((name) => !folder.has(name));
  if (missing.length > 0 || wanted.length !== pieces.length) throw incomplete(missing, wanted.length);
  return pieces;
}

const incomplete = (missing: readonly string[], of: number): Error =>
  badFile(
    `${missing.length} of ${of} shards are missing: ${missing.slice(0, 20).join(', ')}`,
    'Nothing was stored. Choose all shards together with config.json and tokenizer.json.',
  );

/** Reads weight_map: the file of each tensor. */
function readIndex(json: unknown): ReadonlyMap<string, string> {
  const result = layout.safeParse(json);
  if (!result.success) throw badFile(`${INDEX} has no weight_map`);
  const places = new Map<string, string>();
  const tensors = Object.entries(result.data.weight_map) as [string, unknown][];
  if (tensors.length > MAX_TENSORS)
    throw badFile(`${INDEX} names ${tensors.length} tensors; the maximum is ${MAX_TENSORS}`);
  for (const [name, file] of tensors) {
    if (typeof file !== 'string' || !/^[\w-][\w.-]*\.safetensors$/.test(file)) {
      throw badFile(
        `${INDEX} puts ${name.slice(0, 80)} into ${JSON.stringify(file).slice(0, 80)}, which is not a file of the folder`,
      );
    }
    places.set(name, file);
  }
  if (places.size === 0) throw badFile(`${INDEX} names no tensors`);
  return places;
}
// A z.record would skip `__proto__`, and every name counts.
const layout = z.object({ weight_map: z.custom<object>((value) => typeof value === 'object' && value !== null) });
