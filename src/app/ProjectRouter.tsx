import { useCallback, useEffect, useEffectEvent, type ReactNode } from 'react';
import { type BaseLocationHook, Router } from 'wouter';
import { useBrowserLocation } from 'wouter/use-browser-location';
import { useStudio, useStudioStore } from '../state/react';
import { addressOf, placeOf } from './routes';

/**
 * Keeps the address and the open project one: `/p/<project>/<stage>`, of which all below sees `/<stage>`. An address that is
 * gone to opens its project; a project that is opened has its address; one from before there were several is of the project
 * that is open.
 */
export function ProjectRouter({ children }: { children: ReactNode }) {
  const [address, go] = useBrowserLocation();
  const store = useStudioStore();
  const open = useStudio((s) => s.project.id);
  const { project, path, query } = placeOf(address);

  const onAddress = useEffectEvent(async () => {
    if (project !== undefined) await store.getState().open(project);
    const here = addressOf(store.getState().project.id, path);
    if (here === address) return;
    // What is asked of the page stays: `?view=lineage`, and settings after `#`.
    const asked = new URLSearchParams(location.search);
    for (const [name, value] of new URLSearchParams(query)) asked.set(name, value);
    go(`${here}${asked.size > 0 ? `?${asked.toString()}` : ''}${location.hash}`, { replace: true });
  });
  useEffect(() => void onAddress(), [address]);
  const onOpen = useEffectEvent(() => {
    if (project !== undefined && project !== open) go(addressOf(open, path));
  });
  useEffect(() => onOpen(), [open]);

  const base = addressOf(open, '');
  const hook: BaseLocationHook = useCallback(() => [base + path, go], [base, path, go]);
  return (
    <Router base={base} hook={hook}>
      {children}
    </Router>
  );
}
