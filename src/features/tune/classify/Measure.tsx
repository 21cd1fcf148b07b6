/** What is shown of a classifier whose used step wasn't measured, or was measured at another step. */
import { useState } from 'react';
import { formatCount } from '../../../core/base/units';
import { dataOf } from '../../../core/runs/segments';
import type { RunRow } from '../../../protocol/data';
import { useStudio, useStudioStore } from '../../../state/react';
import { describeWork, IDLE, type Work, work } from '../../../state/work';
import { Button, EmptyState, Notice, Progress } from '../../../ui';

function useMeasuring(runId: string) {
  const store = useStudioStore();
  const isTraining = useStudio((s) => s.training?.runId === runId);
  const [measuring, setMeasuring] = useState<Work>(IDLE);
  const measure = (): void =>
    void work(setMeasuring, Date.now, async (options) => (await store.getState().classifying()).judge(runId, options));
  return { isTraining, told: describeWork(measuring), measure };
}

/** In place of what was measured. @param isMeasured how right it is came along, without what it gave to each text */
export function NotMeasured({ run, isMeasured }: { run: RunRow['record']; isMeasured: boolean }) {
  const { isTraining, told, measure } = useMeasuring(run.id);
  if (isTraining) return <EmptyState>It is judged as soon as it has learnt</EmptyState>;
  if (dataOf(run).id === null)
    return (
      <EmptyState>
        {isMeasured
          ? 'It was measured where it was made. The texts did not come along, so none can be shown here, or measured again'
          : 'It came without the texts that it learnt from, so there is nothing to measure it on'}
      </EmptyState>
    );
  return (
    <EmptyState
      action={
        told ? undefined : (
          <Button variant="go" onPress={measure}>
            Measure it
          </Button>
        )
      }
    >
      {told ? <Progress {...told} /> : 'The step in use was not measured on the validation set'}
    </EmptyState>
  );
}

/** Above what was measured of another step than the one that is used. */
export function MeasuredBefore({
  run,
  step,
  used = step,
}: {
  run: RunRow['record'];
  step: number;
  used?: number | undefined;
}) {
  const { isTraining, told, measure } = useMeasuring(run.id);
  if (step === used || isTraining) return null;
  const isHere = dataOf(run).id !== null;
  return (
    <Notice
      tone="warn"
      isPlain
      title={`Measured at step ${formatCount(step)}`}
      actions={
        isHere &&
        !told && (
          <Button isDense onPress={measure}>
            Measure it
          </Button>
        )
      }
    >
      {told ? <Progress {...told} /> : `Step ${formatCount(used)}, which is used, was not measured.`}
    </Notice>
  );
}
