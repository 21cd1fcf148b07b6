import type { StudioStore } from '../state/slices/studio';

type Store = Pick<StudioStore, 'getState'>;

/** Milliseconds; a pointer that only passes over a name stays for less. */
export const RESTING_MS = 50;
/** Number of recent projects to prefetch while the menu is open; one with hundreds of runs is some megabytes. */
export const MAX_PREFETCHED = 3;
/** Maximum wait for one prefetch before the next one or the sizes: a worker may be busy with something else. */
const MAX_WAIT_MS = 1000;

let looks = 0;
let at: string | undefined;

/**
 * Prefetches projects one after another; then counts their sizes, which takes longer and can wait.
 * @param others projects that can be opened, the most recent first
 */
export async function lookAhead({ getState }: Store, others: readonly { id: string }[]): Promise<void> {
  const mine = ++looks;
  for (const { id } of others.slice(0, MAX_PREFETCHED)) {
    await Promise.race([getState().lookAhead(id), new Promise((resolve) => setTimeout(resolve, MAX_WAIT_MS))]);
    if (mine !== looks) return;
  }
  await getState().listProjects();
}

/** Prefetches a project whose name is hovered. @param entryId any entry of the menu, also one that opens no project */
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
