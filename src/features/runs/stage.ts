import { counted } from '../../core/base/units';
import { NOTHING_YET, type Stage } from '../../state/stage';

export const stage: Stage = {
  id: 'runs',
  name: 'Runs',
  words: 'history compare curve table csv',
  parts: [{ label: 'Lineage', query: '?view=lineage' }],
  state(s) {
    const count = s.runs?.length ?? 0;
    return count === 0 ? NOTHING_YET : { sign: 'done', line: counted(count, 'run') };
  },
  page: async () => (await import('./RunsPage')).RunsPage,
};
