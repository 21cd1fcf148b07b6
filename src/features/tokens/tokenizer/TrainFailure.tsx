import { remedy } from '../../../state/failures';
import { useStudio } from '../../../state/react';
import { Notice } from '../../../ui';

/** Reports that training failed, and that nothing was lost. */
export function TrainFailure() {
  const tokenizing = useStudio((s) => s.tokenizing);
  const isTrained = useStudio((s) => s.project.tokenizer !== null);
  if (tokenizing.kind !== 'failed') return null;
  return (
    <div role="alert">
      <Notice tone="error" title={tokenizing.failure.message}>
        {remedy(tokenizing.failure)} {isTrained ? 'Your previous tokenizer is unchanged.' : 'No tokenizer was trained.'}
      </Notice>
    </div>
  );
}
