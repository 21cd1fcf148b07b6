/** Arranges runs as a tree: each is a lane below the run that it started from. */

/** How a run can start from a step of another. */
export const HOW = ['fork', 'fine-tune', 'distil', 'import'] as const;
export type How = (typeof HOW)[number];

/** A run's family relations. */
export interface Kin {
  id: string;
  /** Creation time in milliseconds since 1970. */
  createdAt: number;
  /** Newest saved step. */
  step: number;
  /** Absent in a run that started from random weights. */
  parent?: { runId: string; step: number; how: How };
  /** Present on an imported run, ours or external. */
  origin?: object;
}

interface Lane<R extends Kin = Kin> {
  run: R;
  how: How | 'nothing';
  /** Index of the parent's lane, which is above; null if the parent is not among the runs. */
  parent: number | null;
  /** Number of ancestors among the runs. */
  depth: number;
  /** Steps counted from the start of its first ancestor: where it leaves its parent, and its end. */
  from: number;
  until: number;
}

/**
 * Returns a lane for each run. Runs without a parent here come in order of creation, each with its descendants below
 * it, earliest forks first. A fork's steps continue from its parent's. Steps of tuned runs count from 0, after the step
 * that they started from. Distilled and imported runs have their own steps from 0 on.
 */
export function lanesOf<R extends Kin>(runs: readonly R[]): readonly Lane<R>[] {
  const ids = new Set(runs.map(({ id }) => id));
  const children = new Map<string | undefined, R[]>();
  for (const run of runs) {
    const { parent } = run;
    const parentId = parent && ids.has(parent.runId) && parent.runId !== run.id ? parent.runId : undefined;
    children.set(parentId, [...(children.get(parentId) ?? []), run]);
  }
  const startStep = ({ parent }: R): number => parent?.step ?? 0;
  for (const family of children.values())
    family.sort((a, b) => startStep(a) - startStep(b) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  children.get(undefined)?.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));

  const lanes: Lane<R>[] = [];
  const placed = new Set<string>();
  const place = (run: R, parent: number | null): void => {
    if (placed.has(run.id)) return;
    placed.add(run.id);
    const laneIndex = lanes.length;
    lanes.push(laneOf(run, parent, parent === null ? undefined : lanes[parent]));
    for (const child of children.get(run.id) ?? []) place(child, laneIndex);
  };
  for (const run of children.get(undefined) ?? []) place(run, null);
  // Damaged records can name each other as parents; each run is still shown.
  for (const run of runs) place(run, null);
  return lanes;
}

function laneOf<R extends Kin>(run: R, parent: number | null, above: Lane<R> | undefined): Lane<R> {
  const how = run.parent?.how ?? (run.origin ? 'import' : 'nothing');
  const depth = above ? above.depth + 1 : 0;
  const step = run.parent?.step ?? 0;
  switch (how) {
    case 'fork': {
      /** Steps of the ancestors that the run's own count leaves out. */
      const uncountedSteps = above ? above.until - above.run.step : 0;
      return { run, how, parent, depth, from: uncountedSteps + step, until: uncountedSteps + Math.max(step, run.step) };
    }
    case 'fine-tune': {
      const from = (above ? above.until - above.run.step : 0) + step;
      return { run, how, parent, depth, from, until: from + run.step };
    }
    case 'distil':
    case 'import':
    case 'nothing':
      return { run, how, parent, depth, from: 0, until: run.step };
  }
}

/** Ancestors of a run among the runs, oldest first, and the run itself last. */
export function ancestors<R extends Kin>(runs: readonly R[], id: string): readonly R[] {
  const line: R[] = [];
  let ancestor = runs.find((run) => run.id === id);
  while (ancestor && !line.includes(ancestor)) {
    line.unshift(ancestor);
    const { parent } = ancestor;
    ancestor = parent && runs.find((run) => run.id === parent.runId);
  }
  return line;
}

/**
 * Sorts runs independently of their reading order. An imported run has the creation time of its original. At equal
 * times the later import is newer, then the run with more ancestors, including those not among the runs.
 */
export function newestFirst<R extends Kin & { origin?: { importedAt: number } }>(runs: readonly R[]): readonly R[] {
  const creationTimes = new Set(runs.map(({ createdAt }) => createdAt));
  if (creationTimes.size === runs.length) return runs.toSorted((a, b) => b.createdAt - a.createdAt);
  const importTime = ({ origin }: R): number => origin?.importedAt ?? 0;
  const depth = ({ id }: R): number => {
    const ancestry = ancestors(runs, id);
    return ancestry.length + (ancestry[0]!.parent ? 1 : 0);
  };
  return runs.toSorted(
    (a, b) =>
      b.createdAt - a.createdAt || importTime(b) - importTime(a) || depth(b) - depth(a) || (a.id < b.id ? -1 : 1),
  );
}
