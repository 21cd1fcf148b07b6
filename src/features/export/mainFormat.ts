/** Format of the page's filled button: the last exported one, else the most suitable. */
import { firstFormat } from '../../core/export/cards';
import { type FormatId, FORMATS } from '../../core/export/formats';
import type { RunRecord } from '../../core/runs/record';
import { modelOf } from '../../state/openRun';
import { formatSettings } from './formatSettings';
import type { Studio } from '../../state/slices/studio';

/** Most suitable format of the shown run; undefined without a model. */
export const firstFormatOf = (s: Pick<Studio, 'shown' | 'opened' | 'project'>): FormatId | undefined => {
  const run = modelOf(s, 'export')?.record;
  return run && firstFormat(formatSettings(run));
};

/** Last exported format if it can hold the model, else the most suitable; undefined without a model. */
export function mainFormat(s: Pick<Studio, 'shown' | 'opened' | 'project' | 'exportChoice'>): FormatId | undefined {
  const run = modelOf(s, 'export')?.record;
  if (!run) return undefined;
  return s.exportChoice !== null && canExport(run, s.exportChoice) ? s.exportChoice : firstFormatOf(s);
}

const canExport = (run: RunRecord, format: FormatId): boolean => !FORMATS[format].problem?.(formatSettings(run));
