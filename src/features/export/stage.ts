import { type FormatId, FORMATS } from '../../core/export/formats';
import { formatCount } from '../../core/base/units';
import { busyExport, fileOf } from '../../state/export';
import { modelOf } from '../../state/openRun';
import { fitting, NOTHING_YET, type Sign, type Stage, type StageState } from '../../state/stage';
import { mainFormat } from './mainFormat';
import type { Exporting } from '../../state/slices/export';
import type { Studio } from '../../state/slices/studio';

export const stage: Stage = {
  id: 'export',
  name: 'Export',
  words: 'download save file share',
  state,
  page: async () => (await import('./ExportPage')).ExportPage,
  action(s) {
    if (!modelOf(s, 'export') || busyExport(s)) return undefined;
    const format = mainFormat(s)!;
    const { name, object = name } = FORMATS[format].card;
    return { id: 'export', label: `Export ${object}`, run: () => void s.exportModel(format) };
  },
};

/** State of the newest export. An exportable model alone doesn't count. */
function state(s: Studio): StageState {
  const [format, exporting] = (Object.entries(s.exports) as [FormatId, Exporting][]).at(-1) ?? [];
  if (!format || !exporting) return NOTHING_YET;
  const { name } = FORMATS[format].card;
  const file = fileOf(exporting);
  const line = file ? fitting(`${name} of step ${formatCount(file.step)}`, name) : name;
  return { sign: busyExport(s) ? 'running' : SIGNS[exporting.kind], line };
}

const SIGNS: Readonly<Record<Exporting['kind'], Exclude<Sign, 'none'>>> = {
  writing: 'running',
  checking: 'running',
  waiting: 'done',
  verified: 'done',
  unchecked: 'done',
  uncheckable: 'done',
  mismatch: 'failed',
  failed: 'failed',
};
