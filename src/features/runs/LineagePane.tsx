import { useMemo } from 'react';
import { formatCount } from '../../core/base/units';
import { changeWords } from '../../core/runs/compare';
import { lanesOf } from '../../core/runs/lineage';
import { Pane } from '../../ui';
import { Lineage, type LineageLane } from '../../ui/charts';
import { formatBits, type RunView } from './view';
import { ORIGIN_WORDS } from './words';

/** Shows which run was forked from which. */
export function LineagePane(p: {
  views: readonly RunView[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
}) {
  const { views } = p;
  const lanes = useMemo(() => {
    const allLanes = lanesOf(views);
    return allLanes.map(({ run, how, parent, from, until }): LineageLane => {
      const parentRun = parent === null ? undefined : allLanes[parent]!.run;
      const changes = parentRun ? changeWords(parentRun.made, run.made) : [];
      const parentName = parentRun?.name ?? run.row.record.parent?.name;
      return {
        id: run.id,
        run: run.hue,
        label: run.name,
        ...(run.bits !== undefined && { value: formatBits(run.bits) }),
        ...(changes.length > 0 && { detail: changes.slice(0, 2).join('; ') }),
        how: ORIGIN_WORDS[how],
        ...(parentName !== undefined && { parentName }),
        parent,
        isGrown: how === 'fork' || how === 'fine-tune',
        from,
        until,
      };
    });
  }, [views]);
  return (
    <Pane label="Lineage">
      <Lineage
        lanes={lanes}
        hint={`${formatCount(lanes.length)} ${lanes.length === 1 ? 'run' : 'runs'}, bits per byte of their best steps`}
        chosen={p.chosen}
        onChoose={p.onChoose}
        caption="○ new or imported run · └ fork, drawn from the step it started at"
      />
    </Pane>
  );
}
