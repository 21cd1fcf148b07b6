/** Records of each kind that a disk or a crash has damaged, or that a newer version has written. */
import type { Json, Stored } from '../core/base/blobStore';
import { CURVES } from '../core/runs/curve';
import { isAt, KINDS, kindOf } from '../core/runs/kinds';

/** Half a record. */
const TORN = 'half a rec';
/** Of kinds that a store doesn't hold to which nothing has happened. */
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
  /** The kind, as the app calls it. */
  name: string;
  key: string;
  damaged: Json;
  newer: Json;
  /** A curve in few points is made again from the journal, so it isn't reported. */
  isReported: boolean;
}

/**
 * One for each kind of record.
 * @param keys of the store
 * @param runId whose record it is, where runs have one each
 */
export async function mishaps(
  keys: readonly string[],
  read: (key: string) => Promise<Stored | undefined>,
  runId: string,
): Promise<Mishap[]> {
  const all: Mishap[] = [];
  for (const { at, name } of KINDS) {
    const rare = RARE.find(([key]) => isAt(at, key));
    const own = keys.filter((key) => kindOf(key)?.at === at);
    const key = rare?.[0] ?? own.find((each) => each.includes(runId)) ?? own[0];
    if (key === undefined) throw new Error(`The store has no record of the kind ${name}`);
    const before = rare?.[1] ?? (await read(key));
    const newer = { ...(before as object), version: 99 };
    all.push({ name, key, damaged: TORN, newer, isReported: at !== CURVES });
  }
  return all;
}
