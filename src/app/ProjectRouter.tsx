import { useCallback, useEffect, useEffectEvent, type ReactNode } from 'react';
import { type BaseLocationHook, Router } from 'wouter';
import { useBrowserLocation } from 'wouter/use-browser-location';
import { useStudio, useStudioStore } from '../state/react';
import { addressOf, placeOf } from './routes';

/**
 * Syncs the address and the open project: `/p/<project>/<stage>`; components below see `/<stage>`. Visiting an
 * address opens its project, and opening a project changes the address. An old address without a project means the
 * open one.
 */
export function ProjectRouter({ children }: { children: ReactNode }) {
  const [address, go] = useBrowserLocation();
  const store = useStudioStore();
  const openId = useStudio((s) => s.project.id);
  const { project, path, query } = placeOf(address);

  const onAddress = useEffectEvent(async () => {
    if (project !== undefined) await store.getState().open(project);
    const target = addressOf(store.getState().project.id, path);
    if (target === address) return;
    // Keeps the page's query and hash: `?view=lineage`, and settings after `#`.
    const parameters = new URLSearchParams(location.search);
    for (const [name, value] of new URLSearchParams(query)) parameters.set(name, value);
    go(`${target}${parameters.size > 0 ? `?${parameters.toString()}` : ''}${location.hash}`, { replace: true });
  });
  useEffect(() => void onAddress(), [address]);
  const onOpen = useEffectEvent(() => {
    if (project !== undefined && project !== openId) go(addressOf(openId, path));
  });
  useEffect(() => onOpen(), [openId]);

  const base = addressOf(openId, '');
  const hook: BaseLocationHook = useCallback(() => [base + path, go], [base, path, go]);
  return (
    <Router base={base} hook={hook}>
      {children}
    </Router>
  );
}
