import { formatCount } from '../../core/base/units';
import { shownEvaluation } from '../../state/evaluate';
import { isTuned, type OpenRun, shownId, trainingRun } from '../../state/openRun';
import { tuneRefusal } from '../../state/refusals';
import type { Stage, StageState } from '../../state/stage';
import type { Studio } from '../../state/studio';
import { toTuneOn } from '../../state/tuning';
import { forgottenWords, rightWords } from './forgotten';

export const stage: Stage = {
  id: 'tune',
  name: 'Tune',
  parts: [
    { label: 'Adapt to other text', query: '?kind=adapt' },
    { label: 'Instruct by chats', query: '?kind=instruct' },
    { label: 'Classify texts', query: '?kind=classify' },
  ],
  state,
  page: async () => (await import('./TunePage')).TunePage,
  takesDrops: () => true,
  action(s) {
    if (tuneRefusal(s) !== undefined) return undefined;
    return { id: 'tune', label: 'Start tuning', run: () => void s.tune() };
  },
};

function state(s: Studio): StageState {
  const training = trainingRun(s);
  if (training && isTuned(training) && 'of' in training.phase && training.phase.kind !== 'failed') {
    const { step, of } = training.phase;
    return { node: 'run', line: `step ${formatCount(step)} of ${formatCount(of)}` };
  }
  const tuned = s.project.runId === null ? undefined : s.opened[s.project.runId];
  if (tuned?.record?.model.config.classes) {
    const isMeasured = s.evaluatedOn === 'validation' && shownId(s, 'evaluate') === s.project.runId;
    const judged = isMeasured ? shownEvaluation(s)?.record.evaluation.metrics.accuracy : undefined;
    return { node: 'done', line: ['classify', rightWords(tuned.log, judged)].join(' · ') };
  }
  if (tuned && isTuned(tuned)) return { node: 'done', line: [kindOf(tuned), forgottenWords(tuned.log)].join(' · ') };
  const { purpose } = s.project.tuning;
  if (s.project.runId === null && purpose !== 'classify') return { node: 'none', line: 'needs a run' };
  if (toTuneOn(s).length > 0) return { node: 'none', line: `${purpose} · not yet` };
  return { node: 'none', line: NEEDS[purpose] };
}

const NEEDS = {
  adapt: 'needs text of its kind',
  instruct: 'needs chats',
  classify: 'needs texts with labels',
} as const;

const kindOf = ({ record }: OpenRun): string => (record?.objective === 'chats' ? 'instruct' : 'adapt');
