import { tunedAs } from '../../core/documents/record';
import { modelOf } from '../../state/openRun';
import { tuneRefusal } from '../../state/refusals';
import { NOTHING_YET, type Stage } from '../../state/stage';
import type { Studio } from '../../state/studio';

export const stage: Stage = {
  id: 'tune',
  name: 'Teach it more',
  parts: [
    { label: 'Adapt to other text', query: '?kind=adapt' },
    { label: 'Instruct by chats', query: '?kind=instruct' },
    { label: 'Classify texts', query: '?kind=classify' },
  ],
  form: 'door',
  isListed: (s) => (s.runs?.length ?? 0) > 0 || modelOf(s, 'train') !== null || s.tuneTexts.some(hasLabels),
  state: () => NOTHING_YET,
  page: async () => (await import('./TunePage')).TunePage,
  takesDrops: () => true,
  action(s) {
    if (tuneRefusal(s) !== undefined) return undefined;
    const isClassifier = s.project.tuning.purpose === 'classify';
    const run = (): void => void s.tune();
    return { id: 'tune', label: 'Start tuning', run, ...(isClassifier && { goesTo: '/train' }) };
  },
};

const hasLabels = (text: Studio['tuneTexts'][number]): boolean => tunedAs(text) === 'labels';
