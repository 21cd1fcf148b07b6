import { modelOf } from '../../state/openRun';
import { NOTHING_YET, type Stage } from '../../state/stage';
import { modelLine } from '../../state/trained';
import { missingInputWords, kindTexts } from './kinds';

export const stage: Stage = {
  id: 'playground',
  name: 'Playground',
  words: 'try write generate prompt classify sort chat copy copied copies repeat sentence verbatim',
  state(s) {
    const line = modelLine(s, 'playground');
    if (line === undefined) return NOTHING_YET;
    return { sign: s.writing.kind === 'writing' ? 'running' : 'done', line };
  },
  page: async () => (await import('./PlaygroundPage')).PlaygroundPage,
  action(s) {
    if (!modelOf(s, 'playground') || s.writing.kind === 'writing') return undefined;
    const missingInput = missingInputWords(s);
    const run = (): void => (missingInput === undefined ? void s.generate() : s.toast({ text: missingInput }));
    return { id: 'write', label: kindTexts(s).action, run };
  },
};
