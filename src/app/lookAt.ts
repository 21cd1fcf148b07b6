/** Reads the runs of a project on whose name in the menu a person rests, where runs are what is shown: they are there when it is opened. */
import type { StudioStore } from '../state/studio';

/** A pointer that passes over a name is there for less. */
export const RESTING_MS = 50;

let at: string | undefined;

/** @param entryId of the menu, also one that opens none */
export function lookAt({ getState }: Pick<StudioStore, 'getState'>, entryId: string): void {
  at = entryId;
  const row = getState().projects.find(({ id }) => entryId === `open-${id}`);
  if (!row) return;
  setTimeout(() => {
    const { project, runsBefore } = getState();
    if (at === entryId && project.id !== row.id) runsBefore(row.id);
  }, RESTING_MS);
}
