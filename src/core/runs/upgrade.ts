/** Upgrades records of runs from older builds to the current version. */
import type { Json } from '../base/blobStore';
import type { JsonObject } from '../base/record';
import { FIRST_PROJECT } from './project';
import { isObject, upgradeFacts } from './settings';

/**
 * Upgrades the first version, which had one recipe, the manifest of its data inline, and no project. Assigns the run to
 * the only project of those builds.
 */
export function upgradeRun(
  { recipe, manifest, data, earlier = [], ...rest }: JsonObject,
  key: string,
): Record<string, unknown> {
  if (!Array.isArray(earlier)) throw new Error('its earlier training data are unknown');
  const earlierSegments = earlier as readonly JsonObject[];
  const segments = upgradedSegments(recipe, earlierSegments, [
    ...earlierSegments.map((segment) => ({ id: null, facts: upgradeFacts(segment['data']) })),
    { id: dataIdOf(manifest), facts: upgradeFacts(data) },
  ]);
  const objective = isObject(recipe) ? (recipe['objective'] ?? 'causal') : undefined;
  return {
    ...rest,
    projectId: FIRST_PROJECT,
    tags: [],
    note: '',
    hue: hueOf(key),
    objective,
    segments,
    keep: { budget: 512 * 2 ** 20 },
  };
}

/**
 * Segments of a run or a file of the first version, which had one recipe for all of them.
 * @param earlierSegments `until` of the segments before the last
 * @param data of each segment
 */
export const upgradedSegments = (
  recipe: Json | undefined,
  earlierSegments: readonly JsonObject[],
  data: readonly unknown[],
): readonly object[] =>
  data.map((segmentData, i) => ({
    after: i === 0 ? 0 : earlierSegments[i - 1]!['until'],
    recipe,
    data: segmentData,
    ...(i > 0 && { why: 'data' }),
  }));

/** Data id in a manifest. @throws if the manifest has none */
function dataIdOf(manifest: Json | undefined): string | null {
  if (manifest === null) return null;
  const { train } = (manifest ?? {}) as { train?: { counts?: { key?: unknown } } };
  const [, id] = /^shards\/([^/]+)\//.exec(String(train?.counts?.key)) ?? [];
  if (id === undefined) throw new Error('the place of its data is unknown');
  return id;
}

/** Hue of a run, 1 to 8, derived from its key so that it never changes. */
const hueOf = (key: string): number => 1 + (new TextEncoder().encode(key).reduce((sum, byte) => sum + byte, 0) % 8);
