/** Reads a project while the one before it stays on the screen, so that opening it draws one complete page. */
import type { Client } from '../client/connect';
import { byUse, type ByUse } from '../core/documents/record';
import type { KeptProject } from '../core/runs/projects';
import type { DataApi } from '../protocol/data';
import type { ReadAhead, ReadRun } from './slices/run';
import type { RunList } from './slices/runs';
import type { Studio } from './slices/studio';

/** A project to open, or why it can't be opened. */
export type FoundProject = KeptProject | { text: string; detail?: string };

/** Reads in progress of one project. */
export interface ProjectPrefetch {
  found: Promise<FoundProject>;
  texts: Promise<ByUse>;
  runs: RunList | undefined;
  run: Promise<ReadAhead | undefined>;
  /** Resolves when pages have read their own values. Rejects if one can't be read, or if there is no such project. */
  pages: Promise<unknown>;
  /** Values read so far. */
  loaded: LoadedParts;
  /** Resolves when every read has ended or failed. */
  settled: Promise<unknown>;
}

interface LoadedParts {
  texts?: ByUse;
  run?: ReadRun;
  /** Whether pages have read their own values. */
  pages?: true;
}

/** Starts all reads at once, except those that need the project's record. */
export function prefetchProject(
  projectId: string,
  find: (id: string) => Promise<FoundProject>,
  data: Client<DataApi>,
  studio: () => Pick<Studio, 'readAhead' | 'readFor' | 'runsBefore'>,
): ProjectPrefetch {
  const loaded: LoadedParts = {};
  const texts = data.call('listTexts', { projectId }).then((all) => (loaded.texts = byUse(all, projectId)));
  const runs = studio().runsBefore(projectId);
  const found = find(projectId);
  const run = found.then((found) => ('text' in found ? undefined : studio().readAhead(found.project.runId)));
  const pages = Promise.all([found, texts]).then(async ([found, { texts }]) => {
    if ('text' in found) throw new Error(found.text);
    await studio().readFor({ project: found.project, texts });
    loaded.pages = true;
  });
  // A failure is reported when the value is shown, or by the page.
  const settled = Promise.allSettled([
    texts,
    runs?.firstRows,
    run.then(async (run) => run && (loaded.run = await run.read)),
    pages,
  ]);
  return { found, texts, runs, run, pages, loaded, settled };
}

/** Longest wait for the reads when a project is opened, in milliseconds: a worker may be busy. */
export const MAX_WAIT_MS = 150;

interface PrefetchCache {
  /** Starts reads without keeping them. */
  start(id: string): ProjectPrefetch;
  get(id: string): ProjectPrefetch | undefined;
  /** Prefetches a project, unless it is in the cache. Resolves when every read has ended or failed. */
  request(id: string): Promise<unknown>;
  clear(): void;
}

/** Cache of prefetched projects, which drops the least recently requested one. */
export function createPrefetchCache(start: (id: string) => ProjectPrefetch): PrefetchCache {
  const prefetched = new Map<string, ProjectPrefetch>();
  return {
    start,
    get: (id) => prefetched.get(id),
    request(id) {
      const reads = prefetched.get(id) ?? start(id);
      prefetched.delete(id);
      prefetched.set(id, reads);
      if (prefetched.size > MAX_PREFETCHED) prefetched.delete(prefetched.keys().next().value!);
      // An unreadable record is read again, and then reported.
      Promise.all([reads.pages, reads.runs?.whole]).catch(() => prefetched.delete(id));
      return reads.settled;
    },
    clear: () => prefetched.clear(),
  };
}
/** Maximum number of prefetched projects. */
const MAX_PREFETCHED = 4;
