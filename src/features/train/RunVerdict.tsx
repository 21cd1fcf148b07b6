import { useLocation } from 'wouter';
import type { VerdictKind } from '../../core/train/verdict';
import { useSavedSteps, useShownPart } from '../../state/react';
import { bestWords } from '../../state/trained';
import { Button, Verdict } from '../../ui';
import { useVerdict, VERDICT_TONE } from '../../state/verdict';

/** Verdicts on a run that went past its best step. */
const WENT_PAST: readonly VerdictKind[] = ['overfitting', 'unsteady'];

/** The run judged in words, anew at each evaluation. */
export function RunVerdict() {
  const verdict = useVerdict();
  const isOver = useShownPart('train', ({ phase }) => phase.kind === 'stopped' || phase.kind === 'finished');
  useSavedSteps('train');
  const best = useShownPart('train', bestWords);
  const [, navigate] = useLocation();
  const tone = VERDICT_TONE[verdict.kind];
  return (
    <Verdict
      tone={tone}
      judgement={verdict.judgement}
      action={
        isOver &&
        (tone === 'warn' || tone === 'error') && (
          <Button isDense onPress={() => navigate('/model')}>
            Change the settings
          </Button>
        )
      }
    >
      {verdict.evidence}
      {WENT_PAST.includes(verdict.kind) && best !== undefined && ` ${best}`}
    </Verdict>
  );
}
