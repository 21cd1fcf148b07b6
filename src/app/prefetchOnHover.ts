import type { StudioStore } from '../state/slices/studio';

type Store = Pick<StudioStore, 'getState'>;

/** Hover time in milliseconds before a prefetch, so that a passing pointer starts none. */
export const HOVER_DELAY_MS = 50;
/** Number of recent projects to prefetch while the menu is open; one with hundreds of runs is some megabytes. */
export const MAX_PREFETCHED = 3;
/** Maximum wait for one prefetch before the next one or the sizes: a worker may be busy with something else. */
const MAX_WAIT_MS = 1000;

/** Each opening or closing of the menu starts a generation; prefetches of an older one stop. */
let generation = 0;
let hoveredEntry: string | undefined;

/**
 * Prefetches projects one after another; then counts their sizes, which takes longer and can wait.
 * @param others projects that can be opened, the most recent first
 */
export async function prefetchProjects({ getState }: Store, others: readonly { id: string }[]): Promise<void> {
  const thisGeneration = ++generation;
  for (const { id } of others.slice(0, MAX_PREFETCHED)) {
    await Promise.race([getState().prefetch(id), new Promise((resolve) => setTimeout(resolve, MAX_WAIT_MS))]);
    if (thisGeneration !== generation) return;
  }
  await getState().listProjects();
}

/** Prefetches a project whose name is hovered. @param entryId any entry of the menu, also one that opens no project */
export function prefetchHovered({ getState }: Store, entryId: string): void {
  hoveredEntry = entryId;
  const row = getState().projects.find(({ id }) => entryId === `open-${id}`);
  if (!row) return;
  setTimeout(() => {
    if (hoveredEntry === entryId && getState().project.id !== row.id) void getState().prefetch(row.id);
  }, HOVER_DELAY_MS);
}

/** Stops prefetching and releases prefetched values, because the menu has closed. */
export function cancelPrefetch({ getState }: Store): void {
  generation++;
  hoveredEntry = undefined;
  getState().dropPrefetched();
}
