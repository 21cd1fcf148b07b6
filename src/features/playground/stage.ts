import { modelOf } from '../../state/openRun';
import type { Stage } from '../../state/stage';
import { modelLine } from '../../state/trained';

export const stage: Stage = {
  id: 'playground',
  name: 'Playground',
  state: (s) => ({ node: modelOf(s, 'playground') ? 'done' : 'none', line: modelLine(s, 'playground') }),
  page: async () => (await import('./PlaygroundPage')).PlaygroundPage,
  action(s) {
    if (!modelOf(s, 'playground') || s.writing.kind === 'writing') return undefined;
    return { id: 'write', label: 'Write', run: () => void s.generate() };
  },
  ahead: () => ({
    reading: 'your prompt',
    words: 'You write a beginning and it writes on, token by token; each shows what else it might have been.',
  }),
};
