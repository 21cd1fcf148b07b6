import { useLocation } from 'wouter';
import { formatCount } from '../../core/base/units';
import { recipeOf } from '../../core/runs/segments';
import type { VerdictKind } from '../../core/train/verdict';
import { isTuned } from '../../state/openRun';
import { overdue, overdueWords } from '../../state/overdue';
import { useSavedSteps, useShownPart, useStudio, useStudioStore } from '../../state/react';
import { bestWords } from '../../state/trained';
import { Button, Verdict } from '../../ui';
import { useVerdict, VERDICT_TONE } from '../../state/verdict';
import { changeAndContinue } from './changing';

/** Verdicts on a run that went past its best step. */
const WENT_PAST: readonly VerdictKind[] = ['overfitting', 'unsteady'];

/** The run judged in words, anew at each evaluation. */
export function RunVerdict() {
  const verdict = useVerdict();
  const isOver = useShownPart('train', ({ phase }) => phase.kind === 'stopped' || phase.kind === 'finished');
  useSavedSteps('train');
  const tunes = useShownPart('train', isTuned);
  const best = useShownPart('train', bestWords);
  const [, navigate] = useLocation();
  const tone = VERDICT_TONE[verdict.kind];
  const isFine = tone !== 'warn' && tone !== 'error';
  const late = useOverdue();
  if (late && isFine) return <Late {...late} />;
  return (
    <Verdict
      tone={tone}
      judgement={verdict.judgement}
      action={
        isOver &&
        !isFine && (
          <Button isDense onPress={() => navigate(tunes ? '/tune' : '/model')}>
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

/** A run that trains and will take much longer than it was planned for, looked at every ten seconds so that it can be read. */
function useOverdue(): LateProps | undefined {
  const granted = useStudio((s) => s.granted);
  const log = useShownPart('train', (run) => run.log);
  const isItsRun = useShownPart('train', ({ id, phase }) => phase.kind === 'training' && id === granted?.runId);
  const of = useShownPart('train', ({ phase }) => ('of' in phase ? phase.of : 0));
  useShownPart('train', (run) => Math.floor(run.log.now / EVERY));
  const late = isItsRun && granted ? overdue(log, of, granted) : undefined;
  return late && { words: overdueWords(late, granted!), steps: late.shorter.steps };
}
/** Milliseconds. */
const EVERY = 10_000;

interface LateProps {
  words: string;
  steps: number;
}
function Late({ words, steps }: LateProps) {
  const store = useStudioStore();
  const record = useShownPart('train', (run) => run.record);
  const shorten = (): void => {
    if (record) void changeAndContinue(store, record, { ...recipeOf(record), steps }, false);
  };
  return (
    <Verdict
      tone="warn"
      judgement="Slower than planned"
      action={
        record && (
          <Button isDense onPress={shorten}>
            Shorten to {formatCount(steps)} steps
          </Button>
        )
      }
    >
      {words}
    </Verdict>
  );
}
