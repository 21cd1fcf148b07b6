import type { BlobStore } from '../base/blobStore';
import { cutTo, MAX_NAME } from '../base/textLimits';
import type { Project } from './project';
import { listRuns } from './record';

/**
 * Returns the name of a project's next run, `moby-dick-3`: one above the highest number in use, also by runs that had the
 * project's earlier name.
 * @param used names of the project's runs
 */
export function nextRunName(project: string, used: readonly string[]): string {
  const numbers = used.map((name) => Number(/-(\d{1,6})$/.exec(name)?.[1] ?? 0));
  const number = Math.max(0, ...numbers) + 1;
  const words = project
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return `${cutTo(words || 'run', MAX_NAME - 8)}-${number}`;
}

/** The same, with the names that are stored. */
export async function nextRunNameIn(store: BlobStore, { id, name }: Pick<Project, 'id' | 'name'>): Promise<string> {
  const runs = (await listRuns(store)).filter(({ projectId }) => projectId === id);
  return nextRunName(
    name,
    runs.map((run) => run.name),
  );
}
