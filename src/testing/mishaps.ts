/** Records of each kind, damaged by a disk or a crash, or written by a newer version. */
import type { Json, Stored } from '../core/base/blobStore';
import { CURVES } from '../core/runs/curve';
import { isAt, KINDS, kindOf } from '../core/runs/kinds';

/** A truncated record. */
const TORN = 'half a rec';
/** Records of kinds that an ordinary store lacks. */
const RARE: readonly (readonly [key: string, value: Json])[] = [
  ['project', { name: 'of an older build' }],
  ['set-aside/project/1', { name: 'set aside' }],
  ['playground/first', { prompt: 'The sea' }],
  ['written/first', { prompt: 'The sea' }],
  ['draft/text/left/', true],
  ['device-memory/wasm', 1e9],
  ['cuts', { gpu: 'wide' }],
  ['evaluations/elsewhere/10/validation', { part: 'validation' }],
  ['cleaned/gone', { of: 'elsewhere' }],
  ['text/gone/left/0', { documents: [] }],
  [`base/${'0'.repeat(64)}`, { id: '0'.repeat(64) }],
];

export interface Mishap {
  /** Name of the kind in the app. */
  name: string;
  key: string;
  damaged: Json;
  newer: Json;
  /** A downsampled curve is rebuilt from the journal, so it isn't reported. */
  isReported: boolean;
}

/**
 * One mishap for each kind of record.
 * @param keys of the store
 * @param runId owner of the record, for kinds with one record per run
 */
export async function mishaps(
  keys: readonly string[],
  read: (key: string) => Promise<Stored | undefined>,
  runId: string,
): Promise<Mishap[]> {
  const all: Mishap[] = [];
  for (const { at, name } of KINDS) {
    const sample = RARE.find(([key]) => isAt(at, key));
    const keysOfKind = keys.filter((key) => kindOf(key)?.at === at);
    const key = sample?.[0] ?? keysOfKind.find((candidate) => candidate.includes(runId)) ?? keysOfKind[0];
    if (key === undefined) throw new Error(`The store has no record of the kind ${name}`);
    const before = sample?.[1] ?? (await read(key));
    const newer = { ...(before as object), version: 99 };
    all.push({ name, key, damaged: TORN, newer, isReported: at !== CURVES });
  }
  return all;
}
