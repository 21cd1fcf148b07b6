import type { Failure } from '../core/base/errors';
import { failureReport } from '../state/failureReport';
import { remedy } from '../state/failures';
import { Button, type FailureProps } from '../ui';

/** Actions for a page that failed: reload, or copy the report. */
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

/** Why a reload would fail: offline, and no service worker serves the page. */
const noReload = (): string | undefined =>
  navigator.onLine || ('serviceWorker' in navigator && navigator.serviceWorker.controller)
    ? undefined
    : 'You are offline, and a reload needs this app’s server';
