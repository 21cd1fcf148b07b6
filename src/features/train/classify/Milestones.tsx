import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { fittingContext, longEvidence, longJudgement, type LongTexts } from '../../../core/base/longTexts';
import { formatCount } from '../../../core/base/units';
import { labelMilestones } from '../../../core/runs/labelStanding';
import { useShownPart, useStudioStore } from '../../../state/react';
import { useWorkerValue } from '../../../state/useWorkerValue';
import type { RunSettings } from '../../../state/runSettings';
import { evaluationsSince } from '../../../state/standing';
import { TextAction } from '../../../ui';
import { MilestoneList, type MilestoneItem } from '../MilestoneList';

/** Baselines that the classifier has beaten so far, and texts that exceed its context. */
export function Milestones({ settings }: { settings: RunSettings }) {
  const log = useShownPart('train', (run) => run.log);
  const evaluated = useShownPart('train', (run) => run.log.evaluations.at(-1)?.step);
  const { after, data } = settings.segments.at(-1)!;
  const milestones = useMemo(
    () => labelMilestones(evaluated === undefined ? [] : evaluationsSince(log, after), data.facts?.labels),
    [log, evaluated, after, data],
  );
  const long = useLongTexts();
  if (milestones.length === 0 && !long) return null;
  const items = milestones.map(({ id, title, measure, step, isOutOfReach }): MilestoneItem => ({
    key: id,
    sign: isOutOfReach ? 'fact' : step === null ? 'next' : 'check',
    title,
    measure,
    ...(!isOutOfReach && { when: step === null ? 'not sure yet' : `step ${formatCount(step)}` }),
  }));
  const { context } = settings.model.config;
  return <MilestoneList items={long ? [...items, longItem(long, context)] : items} />;
}

const longItem = (long: LongTexts, context: number): MilestoneItem => ({
  key: 'long',
  sign: 'warning',
  title: longJudgement(long),
  measure: <LongTextsNote long={long} context={context} />,
});

/** How many texts are cut, and a link to a context that fits them. */
function LongTextsNote({ long, context }: { long: LongTexts; context: number }) {
  const store = useStudioStore();
  const [, go] = useLocation();
  // The base model of a tuned classifier determines its context length.
  const isNew = useShownPart('train', ({ record }) => record !== null && record.parent === undefined);
  const fitting = isNew ? fittingContext(long, context) : undefined;
  const readMore = (): void => {
    const { project, setTuning } = store.getState();
    setTuning({ purpose: 'classify', classify: { ...project.tuning.classify, context: fitting! } });
    go('/tune?kind=classify');
  };
  return (
    <>
      {longEvidence(long)}
      {fitting !== undefined && (
        <>
          {' '}
          <TextAction onPress={readMore}>Read {formatCount(fitting)} tokens…</TextAction>
        </>
      )}
    </>
  );
}

/** Long texts of the run shown on Train; undefined if its data can't be read, which is reported elsewhere. */
function useLongTexts(): LongTexts | undefined {
  const runId = useShownPart('train', (run) => run.record?.id);
  return useWorkerValue('longTexts', runId === undefined ? undefined : { runId }).value ?? undefined;
}
