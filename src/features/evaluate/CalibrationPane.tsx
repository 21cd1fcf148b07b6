import type { Evaluation } from '../../core/evaluate/evaluation';
import { isOfSeveral } from '../../core/evaluate/eachLabel';
import { Pane, PaneHead, Reliability } from '../../ui';
import styles from './CalibrationPane.module.css';
import { calibrationWords, percent } from './calibration';
import { Confusion } from './Confusion';
import { estimateWords, leftOutWords } from './words';

type Shown = Pick<Evaluation, 'calibration' | 'labelled' | 'metrics' | 'leftOut'> & {
  confusion?: Evaluation['confusion'] | undefined;
};

/** Whether there is something for the pane. */
export const hasCalibrationPane = ({ calibration, confusion, leftOut }: Shown): boolean =>
  calibration !== undefined || confusion !== undefined || leftOut.length > 0;

/** Whether the model is as often right as it is sure, or which label it takes for which; and what was not measured. */
export function CalibrationPane({
  evaluation: { calibration, confusion, labelled, metrics, leftOut },
}: {
  evaluation: Shown;
}) {
  const error = metrics['calibrationError'];
  const words = error && estimateWords(error);
  return (
    <Pane
      title={calibration ? 'Calibration' : confusion ? 'Which label it takes for which' : 'Not measured'}
      {...(words && {
        hint: `error ${percent(words.value)}${words.interval === undefined ? '' : `, ${words.interval}`}`,
      })}
    >
      {confusion && <Confusion confusion={confusion} />}
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
