import { evaluateRefusal, outOfDate, shownEvaluating, shownEvaluation, takesText } from '../../state/evaluate';
import { modelOf } from '../../state/openRun';
import type { Stage, StageState } from '../../state/stage';
import type { Studio } from '../../state/studio';
import { modelLine } from '../../state/trained';
import { lineOf } from './line';

export const stage: Stage = {
  id: 'evaluate',
  name: 'Evaluate',
  parts: [{ label: 'Compare, pairs and tasks', query: '?part=asked' }],
  state,
  page: async () => (await import('./EvaluatePage')).EvaluatePage,
  takesDrops: takesText,
  action(s) {
    if (evaluateRefusal(s) !== undefined) return undefined;
    return { id: 'measure', label: 'Measure this step', run: () => void s.evaluateStep() };
  },
};

function state(s: Studio): StageState {
  if (!modelOf(s, 'evaluate')) return { node: 'none', line: modelLine(s, 'evaluate') };
  if (shownEvaluating(s).kind === 'busy') return { node: 'run', line: 'measuring' };
  const kept = shownEvaluation(s);
  if (!kept) return { node: 'none', line: kept === null ? 'not measured yet' : modelLine(s, 'evaluate') };
  return { node: outOfDate(s).length > 0 ? 'stale' : 'done', line: lineOf(kept.record.evaluation) };
}
