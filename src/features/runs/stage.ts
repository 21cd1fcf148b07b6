import { formatCount, formatReading } from '../../core/base/units';
import { liveRuns } from '../../state/liveRuns';
import type { Stage } from '../../state/stage';
import { baselineOf, bestOf, comparable, viewOf } from './view';

export const stage: Stage = {
  id: 'runs',
  name: 'Runs',
  parts: [{ label: 'Lineage', query: '?view=lineage' }],
  state(s) {
    const runs = liveRuns(s);
    if (!runs || runs.length === 0) return { node: 'none', line: 'no run yet' };
    const views = runs.map(viewOf);
    const baseline = baselineOf(views, s.project.baseline);
    const best = baseline && bestOf(comparable(views, baseline));
    const count = `${formatCount(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}`;
    return {
      node: 'done',
      line: best?.bits === undefined ? count : `${count} · ${formatReading(best.bits)} bits per byte`,
    };
  },
  page: async () => (await import('./RunsPage')).RunsPage,
};
