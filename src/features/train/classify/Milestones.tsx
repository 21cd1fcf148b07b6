import { useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { fittingContext, longEvidence, longJudgement, type LongTexts } from '../../../core/base/longTexts';
import { formatCount } from '../../../core/base/units';
import { labelMilestones } from '../../../core/runs/labelStanding';
import { useShownPart, useStudioStore } from '../../../state/react';
import type { RunSettings } from '../../../state/runSettings';
import { evaluationsSince } from '../../../state/standing';
import { TextAction } from '../../../ui';
import { MilestoneList, type MilestoneItem } from '../MilestoneList';

/** What the classifier is better than by now, and which texts it can't read whole. */
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
  measure: <Long long={long} context={context} />,
});

function Long({ long, context }: { long: LongTexts; context: number }) {
  const store = useStudioStore();
  const [, go] = useLocation();
  // What a base reads at once is settled.
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

/** Of the run that Train shows, once that is known. */
function useLongTexts(): LongTexts | undefined {
  const store = useStudioStore();
  const id = useShownPart('train', (run) => run.record?.id);
  const [found, setFound] = useState<{ id: string; long: LongTexts | null }>();
  useEffect(() => {
    let isWanted = true;
    const ask = async (runId: string): Promise<void> => {
      const own = await store.getState().classifying();
      const long = await own.longTexts(runId).catch(() => null); // data that can't be read are reported where they are used
      if (isWanted) setFound({ id: runId, long });
    };
    if (id !== undefined) void ask(id);
    return () => {
      isWanted = false;
    };
  }, [store, id]);
  return (found?.id === id && found?.long) || undefined;
}
