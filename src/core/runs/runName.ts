import type { BlobStore } from '../base/blobStore';
import { cutTo, MAX_NAME } from '../base/textLimits';
import type { Project } from './project';
import { listRuns } from './record';

/**
 * Returns the name of a project's next run, `moby-dick-3`: the project's name with the number after the highest in use.
 * @param used names of the project's runs
 */
export function nextRunName(project: string, used: readonly string[]): string {
  const words = project
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  const prefix = `${cutTo(words || 'run', MAX_NAME - MAX_DIGITS - 1)}-`;
  const suffixes = used.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const numbers = suffixes.filter((suffix) => /^\d+$/.test(suffix) && suffix.length <= MAX_DIGITS).map(Number);
  return `${prefix}${Math.max(0, ...numbers) + 1}`;
}
/** Maximum digits of a run's number. */
const MAX_DIGITS = 7;

/** Next name, given the stored names. */
export async function nextRunNameIn(store: BlobStore, { id, name }: Pick<Project, 'id' | 'name'>): Promise<string> {
  const runs = (await listRuns(store)).filter(({ projectId }) => projectId === id);
  return nextRunName(
    name,
    runs.map((run) => run.name),
  );
}
