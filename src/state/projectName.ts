/** Names an unnamed project after its texts until it has a run, and runs after their project. */
import type { TextRecord } from '../core/documents';
import { readProject } from '../core/runs/projects';
import { nextRunNameIn } from '../core/runs/runName';
import { UNTITLED } from '../core/runs/project';
import type { Services, Studio } from './slices/studio';

/** The project's texts; without any, its tuning texts. */
export const namingTexts = ({ texts, tuneTexts }: Pick<Studio, 'texts' | 'tuneTexts'>): readonly TextRecord[] =>
  texts.length > 0 ? texts : tuneTexts;

export type NamingNeeds = Pick<Studio, 'change' | 'opened' | 'project' | 'texts' | 'training' | 'tuneTexts'>;

interface Naming extends Pick<Services, 'data'> {
  get: () => NamingNeeds;
}

/**
 * Names the open project after its current texts.
 * @param before its earlier texts
 * @returns an undo of the new name, if there is one
 */
export async function nameByTexts(
  { data, get }: Naming,
  before: readonly TextRecord[],
): Promise<{ undo(): void } | undefined> {
  const { id, name } = get().project;
  if (hasNamedRun(get())) return undefined;
  // An unreadable text gives no name. The page that shows it reports it.
  const nameOf = (texts: readonly TextRecord[]): Promise<string | null> =>
    data.call('nameOfTexts', { ids: texts.map((text) => text.id) }).catch(() => null);
  if (name !== UNTITLED && name !== (await nameOf(before))) return undefined;
  const newName = (await nameOf(namingTexts(get()))) ?? (namingTexts(get()).length === 0 ? UNTITLED : name);
  const isCalled = (expected: string): boolean =>
    get().project.id === id && get().project.name === expected && !hasNamedRun(get());
  if (newName === name || !isCalled(name)) return undefined;
  get().change({ name: newName });
  return {
    undo: () => {
      if (isCalled(newName)) get().change({ name });
    },
  };
}

/** A run gets its name at its start, so texts read during its preparation still name the project. */
const hasNamedRun = ({ project, training, opened }: Pick<Studio, 'project' | 'training' | 'opened'>): boolean =>
  project.runId !== null || (training?.projectId === project.id && opened[training.runId]?.phase.kind !== 'preparing');

/** Returns the name of a project's next run. @param id a project whose texts may have named it since the press */
export async function nextRunNameOf(
  { store, get }: Pick<Services, 'store'> & { get(): Pick<Studio, 'project'> },
  id: string,
): Promise<string> {
  return nextRunNameIn(store, get().project.id === id ? get().project : (await readProject(store, id)).project);
}
