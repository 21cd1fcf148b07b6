/** What another project is shown with: read while the one before it stands, so that one picture follows the other. */
import type { Client } from '../client/connect';
import { byUse, type ByUse } from '../core/documents/record';
import type { KeptProject } from '../core/runs/projects';
import type { DataApi } from '../protocol/data';
import type { ReadAhead, ReadRun } from './slices/run';
import type { RunList } from './slices/runs';
import type { Studio } from './slices/studio';

/** A project to open, or why there is none. */
export type Found = KeptProject | { text: string; detail?: string };

/** What a project is shown with, from when it is asked for. */
export interface Opening {
  found: Promise<Found>;
  texts: Promise<ByUse>;
  runs: RunList | undefined;
  run: Promise<ReadAhead | undefined>;
  /** When pages have read their own; where they cannot, or there is no such project, it fails. */
  own: Promise<unknown>;
  /** Already loaded data. */
  there: There;
  /** When all of it is, or cannot be had. */
  all: Promise<unknown>;
}

export interface There {
  texts?: ByUse;
  run?: ReadRun;
  /** Whether what pages read of their own is. */
  own?: true;
}

/** All is asked for at once, but for what the project itself says. */
export function beginOpening(
  projectId: string,
  find: (id: string) => Promise<Found>,
  data: Client<DataApi>,
  studio: () => Pick<Studio, 'readAhead' | 'readFor' | 'runsBefore'>,
): Opening {
  const there: There = {};
  const texts = data.call('listTexts', { projectId }).then((all) => (there.texts = byUse(all, projectId)));
  const runs = studio().runsBefore(projectId);
  const found = find(projectId);
  const run = found.then((found) => ('text' in found ? undefined : studio().readAhead(found.project.runId)));
  const own = Promise.all([found, texts]).then(async ([found, { texts }]) => {
    if ('text' in found) throw new Error(found.text);
    await studio().readFor({ project: found.project, texts });
    there.own = true;
  });
  // A failure is reported when the value is shown, or by the page.
  const all = Promise.allSettled([
    texts,
    runs?.told,
    run.then(async (run) => run && (there.run = await run.read)),
    own,
  ]);
  return { found, texts, runs, run, own, there, all };
}

/** Longer than that a project that is opened does not wait for what it has: a worker may be busy with something else. */
export const MAX_WAIT_MS = 150;
/** Of so many at once it is kept before any is opened. */
export const MAX_KEPT = 4;
