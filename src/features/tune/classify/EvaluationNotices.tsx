/** Notices for a classifier whose checkpoint in use has no evaluation, or only one of another step. */
import { formatCount } from '../../../core/base/units';
import { dataOf } from '../../../core/runs/segments';
import type { RunRow } from '../../../protocol/data';
import { useStudio, useStudioStore } from '../../../state/react';
import { describeWork, IDLE } from '../../../state/work';
import { Button, EmptyState, Notice, Progress } from '../../../ui';

function useMeasuring(runId: string) {
  const store = useStudioStore();
  const isTraining = useStudio((s) => s.training?.runId === runId);
  // Includes evaluations started by another page or the end of a run.
  const measuring = useStudio((s) =>
    s.underEvaluation?.runId === runId && s.underEvaluation.on === 'validation' ? s.evaluating : IDLE,
  );
  const measure = (): void =>
    void store
      .getState()
      .classifying()
      .then((classifying) => classifying.judge(runId));
  return { isTraining, progress: describeWork(measuring), measure };
}

/** Replaces a missing evaluation. @param isMeasured its metrics were imported, without the answers for each text */
export function NotMeasured({ run, isMeasured }: { run: RunRow['record']; isMeasured: boolean }) {
  const { isTraining, progress, measure } = useMeasuring(run.id);
  if (isTraining) return <EmptyState>The evaluation starts when training ends</EmptyState>;
  if (dataOf(run).id === null)
    return (
      <EmptyState>
        {isMeasured
          ? "Imported with its metrics, without its texts: they can't be shown or evaluated here"
          : "Imported without its texts, so it can't be evaluated here"}
      </EmptyState>
    );
  return (
    <EmptyState
      action={
        progress ? undefined : (
          <Button variant="go" onPress={measure}>
            Evaluate
          </Button>
        )
      }
    >
      {progress ? <Progress {...progress} /> : 'The step in use hasn’t been evaluated on the validation set'}
    </EmptyState>
  );
}

/** Notice above an evaluation of another step than the one in use. */
export function OutdatedEvaluation({
  run,
  step,
  stepInUse = step,
}: {
  run: RunRow['record'];
  step: number;
  stepInUse?: number | undefined;
}) {
  const { isTraining, progress, measure } = useMeasuring(run.id);
  if (step === stepInUse || isTraining) return null;
  const hasData = dataOf(run).id !== null;
  return (
    <Notice
      tone="warn"
      isPlain
      title={`Evaluated at step ${formatCount(step)}`}
      actions={
        hasData &&
        !progress && (
          <Button isDense onPress={measure}>
            Evaluate step {formatCount(stepInUse)}
          </Button>
        )
      }
    >
      {progress ? <Progress {...progress} /> : `Step ${formatCount(stepInUse)}, the one in use, hasn't been evaluated.`}
    </Notice>
  );
}
