import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { formatCount, formatDuration } from '../../core/base/units';
import { millisecondsLeft } from '../../state/pace';
import { useShown, useShownPart } from '../../state/react';
import { isActive } from '../../state/phase';
import { plannedSteps, type RunSettings } from '../../state/runSettings';
import { TermLabel, TextAction } from '../../ui';
import { MilestoneList, type MilestoneItem } from './MilestoneList';
import { textMilestones } from './textMilestones';

/** Milestones of a language model, reached and next. */
export function Milestones({ settings }: { settings: RunSettings }) {
  const [, go] = useLocation();
  const log = useShownPart('train', (run) => run.log);
  // The log is mutated in place, and milestones change only with an evaluation.
  const evaluated = useShownPart('train', (run) => run.log.evaluations.at(-1)?.step);
  const milestones = useMemo(
    () =>
      textMilestones(evaluated === undefined ? { evaluations: [], step: [], loss: [] } : log, settings).map(
        ({ title, measure, step, isWarning }): MilestoneItem => ({
          key: title,
          sign: step === null ? 'next' : isWarning ? 'warning' : 'check',
          title,
          measure: isWarning ? (
            <>
              {measure}
              <br />
              <TextAction onPress={() => go('/playground')}>Write text and check it for copies</TextAction>
            </>
          ) : (
            <TermLabel>{measure}</TermLabel>
          ),
          when: step === null ? 'not yet' : `step ${formatCount(step)}`,
        }),
      ),
    [log, evaluated, settings, go],
  );
  return <MilestoneList items={[...milestones, useFinish(settings)]} />;
}

/** The end of the run, reached or ahead. */
function useFinish(settings: RunSettings): MilestoneItem {
  const { log, phase } = useShown('train');
  const planned = plannedSteps(phase, settings);
  const isFinished = phase.kind === 'finished';
  const milliseconds = isFinished ? log.activeMs.at(-1) : isActive(phase) ? millisecondsLeft(log, planned) : undefined;
  return {
    key: 'finished',
    sign: isFinished ? 'check' : 'next',
    title: 'Finished',
    measure: `Step ${formatCount(isFinished ? (log.step.at(-1) ?? planned) : planned)}`,
    when: milliseconds === undefined ? '' : formatDuration(milliseconds),
  };
}
