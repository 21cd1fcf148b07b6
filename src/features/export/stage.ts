import { MAIN_FORMAT } from '../../core/export/cards';
import { FORMATS } from '../../core/export/formats';
import { busyExport, type Exporting } from '../../state/export';
import { modelOf } from '../../state/openRun';
import type { Stage } from '../../state/stage';
import { modelLine } from '../../state/trained';

export const stage: Stage = {
  id: 'export',
  name: 'Export',
  state(s) {
    const all = Object.values(s.exports);
    const count = (kind: Exporting['kind']): number => all.filter((e) => e.kind === kind).length;
    const words = [
      [count('verified'), 'verified'],
      [count('mismatch'), count('mismatch') === 1 ? 'does not match' : 'do not match'],
      [count('checking'), 'being checked'],
      [count('waiting') + count('unchecked') + count('uncheckable'), 'not checked'],
    ] as const;
    const line = words.flatMap(([n, what]) => (n > 0 ? [`${n} ${what}`] : [])).join(' · ');
    const isThere = line !== '' || modelOf(s, 'export') !== null;
    const node = count('writing') + count('checking') > 0 ? 'run' : isThere ? 'done' : 'none';
    return { node, line: line === '' ? modelLine(s, 'export') : line };
  },
  page: async () => (await import('./ExportPage')).ExportPage,
  action(s) {
    if (!modelOf(s, 'export') || busyExport(s)) return undefined;
    const label = `Download the ${FORMATS[MAIN_FORMAT].card.name}`;
    return { id: 'export', label, run: () => void s.exportModel(MAIN_FORMAT) };
  },
  ahead: () => ({
    reading: 'a Hugging Face folder',
    words:
      'Weights, tokenizer and a model card in one zip, which other tools open and which grows on when it is dropped ' +
      'back in.',
  }),
};
