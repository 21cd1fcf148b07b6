import { formatShort } from '../../core/base/units';
import { learntOf } from '../../core/documents/record';
import type { Stage } from '../../state/stage';

export const stage: Stage = {
  id: 'text',
  name: 'Text',
  parts: [{ label: 'Clean', query: '?part=clean' }],
  state({ texts, importing }) {
    if (importing.kind === 'busy') return { node: 'run', line: importing.progress?.label ?? 'reading' };
    if (texts.length === 0) return { node: 'none', line: 'drop files to begin' };
    const characters = texts.reduce((sum, text) => sum + learntOf(text).characters, 0);
    return { node: 'done', line: `${formatShort(characters)} characters` };
  },
  page: async () => (await import('./TextPage')).TextPage,
  takesDrops: () => true,
};
