import { NOTHING_YET, type Stage } from '../../state/stage';
import { modelLine } from '../../state/trained';

export const stage: Stage = {
  id: 'inspect',
  name: 'Inspect',
  words: 'interpretability loss surprisal rank entropy token look inside',
  state(s) {
    const line = modelLine(s, 'playground');
    return line === undefined ? NOTHING_YET : { sign: 'done', line };
  },
  page: async () => (await import('./InspectPage')).InspectPage,
};
