import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { judge, type VerdictKind } from '../../core/train/verdict';
import { useStudio } from '../../state/react';
import { Button, Verdict } from '../../ui';
import { plannedSteps } from './Readings';
import { useRunSettings } from './runSettings';

const TONE: Record<VerdictKind, 'ok' | 'warn' | 'error'> = {
  beginning: 'ok',
  blind: 'ok',
  learning: 'ok',
  memorising: 'ok',
  level: 'ok',
  'level-memorised': 'warn',
  overfitting: 'warn',
  unsteady: 'warn',
  diverging: 'error',
};

/** The run judged in words, anew at each evaluation. */
export function RunVerdict() {
  const settings = useRunSettings();
  const log = useStudio((s) => s.log);
  const phase = useStudio((s) => s.phase.kind);
  const planned = useStudio((s) => plannedSteps(s.phase, settings));
  const evaluated = useStudio((s) => (s.logVersion >= 0 ? s.log.evaluations.at(-1)?.step : undefined));
  const isOver = phase === 'stopped' || phase === 'finished';
  const { vocabulary } = settings.model;
  const { unigramLoss } = settings;
  const verdict = useMemo(
    () =>
      judge({
        training: log,
        evaluations: evaluated === undefined ? [] : log.evaluations,
        planned,
        isOver,
        vocabulary,
        unigramLoss,
      }),
    [log, evaluated, planned, isOver, vocabulary, unigramLoss],
  );
  const [, navigate] = useLocation();
  const tone = TONE[verdict.kind];
  return (
    <Verdict
      tone={tone}
      judgement={verdict.judgement}
      action={
        isOver &&
        tone !== 'ok' && (
          <Button isDense onPress={() => navigate('/model')}>
            Change the settings
          </Button>
        )
      }
    >
      {verdict.evidence}
    </Verdict>
  );
}
