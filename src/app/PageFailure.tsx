import type { Failure as FailureData } from '../core/base/errors';
import { isTraining, shownRun } from '../state/openRun';
import { headline } from '../state/failures';
import { useStudio } from '../state/react';
import { formatCount } from '../core/base/units';
import { Button, EmptyState, Failure, Stage } from '../ui';
import { recovery } from './recovery';

/** A page that did not load, or broke while it was drawn; strip and rail stay. */
export function PageFailure({ title, failure }: { title: string; failure: FailureData }) {
  const saved = useStudio((s) => shownRun(s, 'playground').usable);
  const isRunning = useStudio(isTraining);
  return (
    <Stage title={title}>
      <Failure
        title={failure.code === 'load-failed' ? 'This page didn’t load' : headline(failure)}
        safe={[
          { text: 'Text, tokenizer and data', detail: 'stored in this browser' },
          ...(saved ? [{ text: `Step ${formatCount(saved.step)}, saved and checked` }] : []),
          ...(isRunning
            ? [{ text: 'Training continues', detail: 'stop and save before reloading', tone: 'warn' } as const]
            : []),
        ]}
        {...recovery(failure)}
      >
        {failure.message}
      </Failure>
    </Stage>
  );
}

export function NotFound({ path, onHome }: { path: string; onHome: () => void }) {
  return (
    <Stage title="Not found">
      <EmptyState
        action={
          <Button variant="go" onPress={onHome}>
            Go to Text
          </Button>
        }
      >
        No page at {path}
      </EmptyState>
    </Stage>
  );
}
