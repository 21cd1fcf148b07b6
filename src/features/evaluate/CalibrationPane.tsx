import type { Evaluation } from '../../core/evaluate/evaluation';
import { isOfSeveral } from '../../core/evaluate/eachLabel';
import { Matrix, Pane, PaneHead, Reliability } from '../../ui';
import styles from './CalibrationPane.module.css';
import { calibrationWords, percent } from './calibration';
import page from './EvaluatePage.module.css';
import { confusionWords, estimateWords, leftOutWords } from './words';

type CalibrationEvaluation = Pick<Evaluation, 'calibration' | 'labelled' | 'metrics' | 'leftOut'> & {
  confusion?: Evaluation['confusion'] | undefined;
};

/** Whether the pane has content. */
export const hasCalibrationPane = ({ calibration, confusion, leftOut }: CalibrationEvaluation): boolean =>
  calibration !== undefined || confusion !== undefined || leftOut.length > 0;

/** Reliability diagram, or the confusion matrix of label pairs; then missing scores with reasons. */
export function CalibrationPane({
  evaluation: { calibration, confusion, labelled, metrics, leftOut },
}: {
  evaluation: CalibrationEvaluation;
}) {
  const calibrationError = metrics['calibrationError'];
  const error = calibrationError && estimateWords(calibrationError);
  return (
    <Pane
      title={calibration ? 'Calibration' : confusion ? 'Confusion matrix' : 'Not measured'}
      {...(error && {
        hint: `error ${percent(error.value)}${error.interval === undefined ? '' : `, ${error.interval}`}`,
      })}
    >
      {confusion && (
        <>
          <p className={page.none}>{confusionWords(confusion)}</p>
          <Matrix {...confusion} shows="count" />
        </>
      )}
      {calibration && (
        <Reliability
          bins={calibration.bins}
          of={labelled ? (isOfSeveral(labelled) ? 'label' : 'text') : 'token'}
          words={calibrationWords(calibration.bins)}
        />
      )}
      {leftOut.length > 0 && (
        <>
          {(calibration ?? confusion) && <PaneHead title="Not measured" />}
          <dl className={styles.leftOut}>
            {leftOut.map(({ name, reason }) => (
              <div key={name}>
                <dt>{leftOutWords(name)}</dt>
                <dd>{reason}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Pane>
  );
}
