import type { Failure } from '../../core/base/errors';
import { explain, headline } from '../../state/failures';
import { useStudio } from '../../state/react';
import { Notice } from '../../ui';
import type { Studio } from '../../state/slices/studio';

/** Failed exports and imports, with what to do. */
export function Failures() {
  const failure = useStudio(exportFailure);
  const importing = useStudio((s) => s.importingModel);
  return (
    <div role="alert">
      {failure && (
        <Notice tone="error" title={`Export failed. ${headline(failure)}`}>
          {explain(failure)}
        </Notice>
      )}
      {importing.kind === 'failed' && (
        <Notice tone="error" title={`Import failed. ${headline(importing.failure)}`}>
          {explain(importing.failure)}
        </Notice>
      )}
    </div>
  );
}

const exportFailure = ({ exports }: Studio): Failure | undefined => {
  const failed = Object.values(exports).find((exporting) => exporting.kind === 'failed');
  return failed?.kind === 'failed' ? failed.failure : undefined;
};
