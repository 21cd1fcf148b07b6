import { explain, headline } from '../../state/failures';
import { useStudio } from '../../state/react';
import { Button, Notice } from '../../ui';

/** What could not be written or read, and what to do. */
export function Failures() {
  const exporting = useStudio((s) => s.exporting);
  const importing = useStudio((s) => s.importingModel);
  const exportModel = useStudio((s) => s.exportModel);
  return (
    <div role="alert">
      {exporting.kind === 'failed' && (
        <Notice
          tone="error"
          title={`The zip was not written. ${headline(exporting.failure)}`}
          actions={
            <Button isDense icon="retry" onPress={() => void exportModel()}>
              Try again
            </Button>
          }
        >
          {explain(exporting.failure)}
        </Notice>
      )}
      {importing.kind === 'failed' && (
        <Notice tone="error" title={`No model was brought in. ${headline(importing.failure)}`}>
          {explain(importing.failure)}
        </Notice>
      )}
    </div>
  );
}
