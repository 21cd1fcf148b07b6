import { remedy } from '../../../state/failures';
import { useStudio } from '../../../state/react';
import { Notice } from '../../../ui';

/** Reports a failed build of the data or its tokenizer, and that nothing was lost. */
export function BuildFailure() {
  const tokenizing = useStudio((s) => s.tokenizing);
  const building = useStudio((s) => s.building);
  const isBuilt = useStudio((s) => s.project.data !== null);
  const failed = [tokenizing, building].find((work) => work.kind === 'failed');
  if (failed?.kind !== 'failed') return null;
  return (
    <div role="alert">
      <Notice tone="error" title={failed.failure.message}>
        {remedy(failed.failure)} {isBuilt ? 'Your previous data is unchanged.' : 'No data was built.'}
      </Notice>
    </div>
  );
}
