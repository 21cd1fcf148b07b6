import type { Failure as FailureData } from '../core/base/errors';
import { headline } from '../state/failures';
import { Failure, Stage } from '../ui';
import styles from './app.module.css';
import { recovery } from './recovery';

/** Shown if the app can't start: cause, safe data, and remedy. */
export function FullPageFailure({ failure }: { failure: FailureData }) {
  return (
    <div className={styles.fullPage}>
      <Stage title="Homegrown" summary="Train a language model on your own text, in this tab">
        <Failure
          title={headline(failure)}
          safe={
            failure.code === 'storage-blocked'
              ? [
                  {
                    text: 'Nothing was changed',
                    detail: 'your stored data can’t be reached, but is not deleted',
                    tone: 'warn',
                  },
                  { text: 'Nothing has left this computer' },
                ]
              : [{ text: 'Your stored data', detail: 'unchanged' }, { text: 'Nothing has left this computer' }]
          }
          {...recovery(failure)}
        >
          {failure.message}
        </Failure>
      </Stage>
    </div>
  );
}
