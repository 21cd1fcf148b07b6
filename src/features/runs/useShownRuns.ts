import { useMemo, useState } from 'react';
import type { RunView } from './view';

/** Maximum number of distinguishable curves. */
const MAX_SHOWN = 8;

/** Runs whose curves are shown, oldest first: the initial ones, and those that the user shows or hides. */
export function useShownRuns(views: readonly RunView[], baseline: RunView | undefined) {
  const [overrides, setOverrides] = useState<Readonly<Record<string, boolean>>>({});
  const initial = useMemo(() => initiallyShown(views, baseline), [views, baseline]);
  const shown = useMemo(
    () => views.filter(({ id }) => overrides[id] ?? initial.has(id)).toReversed(),
    [views, overrides, initial],
  );
  return {
    shown,
    isShown: ({ id }: RunView): boolean => overrides[id] ?? initial.has(id),
    setShown: ({ id }: RunView, isOn: boolean): void => setOverrides({ ...overrides, [id]: isOn }),
  };
}

/** Initially shown runs: the baseline, and the best of the runs comparable with it, or of all if it has no score. */
function initiallyShown(views: readonly RunView[], baseline: RunView | undefined): ReadonlySet<string> {
  const others = views
    .filter(({ id, heldOut }) => id !== baseline?.id && (baseline?.bits === undefined || heldOut === baseline.heldOut))
    .toSorted((a, b) => (a.bits ?? Infinity) - (b.bits ?? Infinity) || b.createdAt - a.createdAt);
  return new Set([...(baseline ? [baseline] : []), ...others].slice(0, MAX_SHOWN).map(({ id }) => id));
}
