import { useLocation } from 'wouter';
import type { VerdictKind } from '../../core/train/verdict';
import { useStudio } from '../../state/react';
import { Button, Verdict } from '../../ui';
import { useVerdict } from '../../state/verdict';

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
  const verdict = useVerdict();
  const isOver = useStudio((s) => s.phase.kind === 'stopped' || s.phase.kind === 'finished');
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
