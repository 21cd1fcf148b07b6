/** `homegrown.json` as older builds wrote it, brought to today's form. */
import type { Json } from '../base/blobStore';
import { sha256Hex } from '../base/hash';
import { isObject, upgradeFacts } from '../runs/settings';
import { upgradedSegments } from '../runs/upgrade';

/** From the first version, which had one recipe and no id. Invalid values stay, and the schema reports them. */
export async function upgradeInfo(old: object): Promise<object> {
  const { recipe, data, earlier = [], ...rest } = old as Readonly<Record<string, Json>>;
  const before = (Array.isArray(earlier) ? earlier : [earlier]).map((segment: Json) =>
    isObject(segment) ? segment : {},
  );
  const facts = [...before, { data }].map((segment) => upgradeFacts(segment['data']));
  const segments = upgradedSegments(recipe, before, facts);
  return { ...rest, version: 2, id: await idFor(rest['createdAt'], rest['name'], rest['model'], recipe), segments };
}

/** Id for a run without one, made of fields that never change: the same in each of its exports. */
export async function idFor(createdAt: unknown, name: unknown, model: unknown, recipe: unknown): Promise<string> {
  const { seed } = (recipe ?? {}) as { seed?: unknown };
  return (await sha256Hex(JSON.stringify([createdAt, name, model, seed]))).slice(0, 32);
}
