import { tuneRefusal } from '../../state/refusals';
import { NOTHING_YET, type Stage } from '../../state/stage';
import { hasModelOrLabel } from '../../state/teachable';

export const stage: Stage = {
  id: 'tune',
  name: 'Teach it more',
  words: 'fine-tune chat classify',
  parts: [
    { label: 'Adapt to new text', query: '?kind=adapt' },
    { label: 'Train on chats', query: '?kind=instruct' },
    { label: 'Classify texts', query: '?kind=classify' },
  ],
  form: 'door',
  isListed: hasModelOrLabel,
  state: () => NOTHING_YET,
  page: async () => (await import('./TunePage')).TunePage,
  takesDrops: () => true,
  action(s) {
    if (tuneRefusal(s) !== undefined) return undefined;
    const isClassifier = s.project.tuning.purpose === 'classify';
    const run = (): void => void s.tune();
    return isClassifier
      ? { id: 'tune', label: 'Train the classifier', run, goesTo: '/train' }
      : { id: 'tune', label: 'Start tuning', run };
  },
};
