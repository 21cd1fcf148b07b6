import type { StudioStore } from '../state/slices/studio';

type Store = Pick<StudioStore, 'getState'>;

/** A pointer that passes over a name is there for less. */
export const RESTING_MS = 50;
/** So many are read because the menu is open, those that were opened last: what is read of one with hundreds of runs is some megabytes. */
export const MAX_PREFETCHED = 3;
/** Longer than that the next does not wait for one, nor do the sizes for them all: a worker may be busy with something else. */
const MAX_WAIT_MS = 1000;

let looks = 0;
let at: string | undefined;

/**
 * One after the other; then their sizes are counted, which takes longer and can wait.
 * @param others that can be opened, the one that was opened last first
 */
export async function lookAhead({ getState }: Store, others: readonly { id: string }[]): Promise<void> {
  const mine = ++looks;
  for (const { id } of others.slice(0, MAX_PREFETCHED)) {
    await Promise.race([getState().lookAhead(id), new Promise((resolve) => setTimeout(resolve, MAX_WAIT_MS))]);
    if (mine !== looks) return;
  }
  await getState().listProjects();
}

/** @param entryId of the menu, also one that opens none: a project on whose name a person rests is read in any case */
export function lookAt({ getState }: Store, entryId: string): void {
  at = entryId;
  const row = getState().projects.find(({ id }) => entryId === `open-${id}`);
  if (!row) return;
  setTimeout(() => {
    if (at === entryId && getState().project.id !== row.id) void getState().lookAhead(row.id);
  }, RESTING_MS);
}

/** The menu has closed. */
export function lookAway({ getState }: Store): void {
  looks++;
  at = undefined;
  getState().lookAway();
}
