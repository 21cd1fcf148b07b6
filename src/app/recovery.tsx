import type { Failure } from '../core/base/errors';
import { failureReport } from '../state/failureReport';
import { remedy } from '../state/failures';
import { Button, type FailureProps } from '../ui';

/** What can be done about a page that failed: reload, or take the report along. */
export const recovery = (failure: Failure): Pick<FailureProps, 'action' | 'actionNote' | 'otherActions'> => ({
  action: (
    <Button variant="go" icon="retry" onPress={() => location.reload()} disabledReason={noReload()}>
      Reload
    </Button>
  ),
  actionNote: remedy(failure),
  otherActions: (
    <Button
      isDense
      variant="quiet"
      icon="copy"
      onPress={() => void navigator.clipboard.writeText(failureReport(failure))}
    >
      Copy report
    </Button>
  ),
});

/** Without a network a reload would end the page, unless the service worker keeps it. */
const noReload = (): string | undefined =>
  navigator.onLine || ('serviceWorker' in navigator && navigator.serviceWorker.controller)
    ? undefined
    : 'There is no network, and a reload needs this app’s own server';
