import { hasModel } from '../../state/run';
import type { Stage } from '../../state/stage';
import { modelLine } from '../../state/trained';

export const stage: Stage = {
  id: 'playground',
  name: 'Playground',
  state: (s) => ({ node: hasModel(s) ? 'done' : 'none', line: modelLine(s) }),
  page: async () => (await import('./PlaygroundPage')).PlaygroundPage,
  action(s) {
    if (!hasModel(s) || s.writing.kind === 'writing') return undefined;
    return { id: 'write', label: 'Write', run: () => void s.generate() };
  },
  ahead: () => ({
    reading: 'your prompt',
    words: 'You write a beginning and it writes on, token by token; each shows what else it might have been.',
  }),
};
