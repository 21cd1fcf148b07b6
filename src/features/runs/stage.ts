import { formatCount, formatReading } from '../../core/base/units';
import type { Stage } from '../../state/stage';
import { bestOf, viewOf } from './view';

export const stage: Stage = {
  id: 'runs',
  name: 'Runs',
  state(s) {
    const { runs } = s;
    if (!runs || runs.length === 0) return { node: 'none', line: 'no run yet' };
    const best = bestOf(runs.map(viewOf));
    const count = `${formatCount(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}`;
    return {
      node: 'done',
      line: best?.bits === undefined ? count : `${count} · best ${formatReading(best.bits)} bits a byte`,
    };
  },
  page: async () => (await import('./RunsPage')).RunsPage,
};
