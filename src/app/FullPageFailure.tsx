import type { Failure as FailureData } from '../core/base/errors';
import { headline, remedy } from '../state/failures';
import { Button, Failure, Stage } from '../ui';
import styles from './app.module.css';
import { report } from './report';

/** The app could not start: what happened, what is safe, what to do. */
export function FullPageFailure({ failure }: { failure: FailureData }) {
  return (
    <div className={styles.fullPage}>
      <Stage title="Homegrown" summary="Grows a language model from your own text, in this tab">
        <Failure
          title={headline(failure)}
          safe={
            failure.code === 'storage-blocked'
              ? [
                  {
                    text: 'Nothing was changed',
                    detail: 'what was stored before is out of reach, not deleted',
                    tone: 'warn',
                  },
                  { text: 'Nothing has left this machine' },
                ]
              : [{ text: 'What was stored before', detail: 'untouched' }, { text: 'Nothing has left this machine' }]
          }
          action={
            <Button variant="go" icon="retry" onPress={() => location.reload()}>
              Reload
            </Button>
          }
          actionNote={remedy(failure)}
          otherActions={
            <Button
              isDense
              variant="quiet"
              icon="copy"
              onPress={() => void navigator.clipboard.writeText(report(failure))}
            >
              Copy report
            </Button>
          }
        >
          {failure.message}
        </Failure>
      </Stage>
    </div>
  );
}
