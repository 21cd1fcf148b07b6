import {
  evaluateRefusal,
  hasStrided,
  isEvaluationStale,
  shownEvaluating,
  shownEvaluation,
  takesText,
} from '../../state/evaluate';
import { NOTHING_YET, type Stage, type StageState } from '../../state/stage';
import { timed } from '../../state/timed';
import { modelLine } from '../../state/trained';
import { evaluationTime } from '../../state/workTime';
import { lineOf } from './line';
import type { Studio } from '../../state/slices/studio';

export const stage: Stage = {
  id: 'evaluate',
  name: 'Evaluate',
  words: 'report test score download',
  parts: [{ label: 'Compare, pairs and tasks', query: '?part=asked' }],
  state,
  page: async () => (await import('./EvaluatePage')).EvaluatePage,
  takesDrops: takesText,
  action(s) {
    if (evaluateRefusal(s) !== undefined) return undefined;
    return {
      id: 'measure',
      label: timed('Evaluate', evaluationTime(s, hasStrided(s))),
      run: () => void s.evaluateStep(),
    };
  },
};

function state(s: Studio): StageState {
  const line = modelLine(s, 'evaluate');
  if (line === undefined) return NOTHING_YET;
  const work = shownEvaluating(s).kind;
  if (work === 'busy') return { sign: 'running', line };
  if (work === 'failed') return { sign: 'failed', line };
  const saved = shownEvaluation(s);
  if (!saved) return NOTHING_YET;
  return { sign: isEvaluationStale(s) ? 'stale' : 'done', line: lineOf(saved.record.evaluation) };
}
