/** Upgrades `homegrown.json` of older builds to the current version. */
import type { Json } from '../base/blobStore';
import { sha256Hex } from '../base/hash';
import { isObject, upgradeFacts } from '../runs/settings';
import { upgradedSegments } from '../runs/upgrade';

/** Upgrades the first version, which had one recipe and no id. Keeps invalid values for the schema to report. */
export async function upgradeInfo(old: object): Promise<object> {
  const { recipe, data, earlier = [], ...rest } = old as Readonly<Record<string, Json>>;
  const before = (Array.isArray(earlier) ? earlier : [earlier]).map((segment: Json) =>
    isObject(segment) ? segment : {},
  );
  const facts = [...before, { data }].map((segment) => upgradeFacts(segment['data']));
  const segments = upgradedSegments(recipe, before, facts);
  return { ...rest, version: 2, id: await idFor(rest['createdAt'], rest['name'], rest['model'], recipe), segments };
}

/** Id for a run without one, from fields that never change, so that all its exports have the same id. */
export async function idFor(createdAt: unknown, name: unknown, model: unknown, recipe: unknown): Promise<string> {
  const { seed } = (recipe ?? {}) as { seed?: unknown };
  return (await sha256Hex(JSON.stringify([createdAt, name, model, seed]))).slice(0, 32);
}
