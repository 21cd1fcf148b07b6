import { trainingSize } from '../../core/documents/record';
import { counted, formatShort } from '../../core/base/units';
import { tuneTextWords } from '../../state/tuneTextWords';
import { fitting, NOTHING_YET, type Stage } from '../../state/stage';
import { fileCounts } from './fileCount';

export const stage: Stage = {
  id: 'text',
  name: 'Text',
  words: 'add upload open import file drop paste',
  parts: [{ label: 'Clean', query: '?part=clean' }],
  state({ texts, tuneTexts, importing }) {
    const isReading = importing.kind === 'busy';
    if (texts.length === 0 && isReading) return { sign: 'running', line: 'reading files' };
    if (texts.length + tuneTexts.length === 0) return NOTHING_YET;
    if (texts.length === 0)
      return { sign: 'done', line: fitting(tuneTextWords(tuneTexts), counted(tuneTexts.length, 'table')) };
    const sum = texts.reduce((total, text) => total + trainingSize(text).characters, 0);
    const characters = `${formatShort(sum)} characters`;
    const [{ count, noun }] = fileCounts(texts) as [ReturnType<typeof fileCounts>[number]];
    const line = fitting(`${counted(count, noun)}, ${characters}`, characters);
    return { sign: isReading ? 'running' : 'done', line };
  },
  page: async () => (await import('./TextPage')).TextPage,
  takesDrops: () => true,
};
