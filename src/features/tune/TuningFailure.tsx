import { useLocation } from 'wouter';
import { explain, headline } from '../../state/failures';
import { isTuned, shownRun } from '../../state/openRun';
import { useStudio } from '../../state/react';
import { Button, Notice } from '../../ui';

/** Reports that the last fine-tuning failed; Train shows the details. */
export function TuningFailure() {
  const failed = useStudio((s) => {
    const run = shownRun(s, 'train');
    return isTuned(run) && run.phase.kind === 'failed' ? run.phase : undefined;
  });
  const hasModel = useStudio((s) => s.project.runId !== null && s.shown.train !== null);
  const show = useStudio((s) => s.show);
  const [, go] = useLocation();
  if (!failed) return null;
  return (
    <div role="alert">
      <Notice
        tone="error"
        title={headline(failed.failure)}
        actions={
          <>
            <Button isDense onPress={() => go('/train')}>
              Show details
            </Button>
            {hasModel && (
              <Button isDense variant="quiet" onPress={() => void show('train', null)}>
                Dismiss
              </Button>
            )}
          </>
        }
      >
        {explain(failed.failure)}
      </Notice>
    </div>
  );
}
