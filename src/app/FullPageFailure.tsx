import type { Failure as FailureData } from '../core/base/errors';
import { headline } from '../state/failures';
import { Failure, Stage } from '../ui';
import styles from './app.module.css';
import { recovery } from './recovery';

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
          {...recovery(failure)}
        >
          {failure.message}
        </Failure>
      </Stage>
    </div>
  );
}
