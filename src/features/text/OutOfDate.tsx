import { describeWork } from '../../state/work';
import { explain } from '../../state/failures';
import { textsChanged } from '../../state/preparation';
import { useStudio } from '../../state/react';
import { isTraining } from '../../state/openRun';
import { Button, Notice } from '../../ui';

/** Notice that texts changed after the tokenizer was trained: existing results stay, and can be rebuilt. */
export function OutOfDate() {
  const isStale = useStudio(textsChanged);
  const textsBefore = useStudio((s) => s.project.tokenizer?.texts.length ?? 0);
  const hasData = useStudio((s) => s.project.data !== null);
  const isRunning = useStudio(isTraining);
  const tokenizing = useStudio((s) => s.tokenizing);
  const building = useStudio((s) => s.building);
  const prepare = useStudio((s) => s.prepare);
  if (!isStale) return null;
  const busy = [tokenizing, building].find(({ kind }) => kind === 'busy');
  const work = busy && describeWork(busy);
  const failed = [tokenizing, building].find(({ kind }) => kind === 'failed');
  const subject = hasData ? 'The tokens are' : 'The tokenizer is';
  return (
    <Notice
      tone="warn"
      title="The text changed after the tokenizer was trained"
      actions={
        busy?.kind === 'busy' ? (
          <Button isDense icon="stop" onPress={busy.stop} minWidth={132}>
            Cancel
          </Button>
        ) : (
          <Button
            isDense
            icon="retry"
            minWidth={132}
            onPress={() => void prepare()}
            disabledReason={isRunning ? 'A run is in progress' : undefined}
          >
            {hasData ? 'Rebuild tokens' : 'Retrain tokenizer'}
          </Button>
        )
      }
    >
      {work
        ? `${work.label}: ${work.detail}`
        : failed?.kind === 'failed'
          ? explain(failed.failure)
          : `${subject} from the previous ${textsBefore === 1 ? 'text' : `${textsBefore} texts`}, and usable until you rebuild.`}
    </Notice>
  );
}
