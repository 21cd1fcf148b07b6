import { useEffect, useMemo, useRef, useState } from 'react';
import { answersAt, answersWords, isOfSeveral } from '../../../core/evaluate/eachLabel';
import type { Evaluation, LabeledTexts } from '../../../core/evaluate/evaluation';
import { estimateWords } from '../../../core/evaluate/words';
import type { Estimate } from '../../../core/metrics/metric';
import { PLAIN_DECISION } from '../../../core/runs/settings';
import { EVEN } from '../../../core/base/labels';
import { formatNumber } from '../../../core/base/units';
import type { RunRow } from '../../../protocol/data';
import { useStudioStore } from '../../../state/react';
import { Block, EmptyStage, Pane, Reliability, Slider, text } from '../../../ui';
import { ExampleBars } from './ExampleFigures';
import { percent } from './predictedTexts';
import { TryText } from './TryText';
import type { ClassifySituation } from './useClassify';

/** Calibration of the classifier, its confidence threshold, and its answer for a text. */
export function ConfidencePane({ situation: { evaluationRecord, classifier } }: { situation: ClassifySituation }) {
  return (
    <Pane title="Confidence">
      {!classifier ? (
        <EmptyStage figure={<ExampleBars />}>See how confident your classifier is about a text of your own</EmptyStage>
      ) : (
        <>
          {evaluationRecord?.evaluation.calibration && <CalibrationBlock evaluation={evaluationRecord.evaluation} />}
          {evaluationRecord !== undefined && (
            <Threshold
              key={`threshold ${classifier.record.id}`}
              run={classifier.record}
              labeled={evaluationRecord?.evaluation.labelled}
            />
          )}
          <TryText key={`text ${classifier.record.id}`} run={classifier.record} />
        </>
      )}
    </Pane>
  );
}

function CalibrationBlock({ evaluation }: { evaluation: Evaluation }) {
  const estimate = evaluation.metrics['calibrationError'];
  const { calibrationError, temperature = 1 } = evaluation.labelled ?? {};
  const words = estimate ? calibrationWords(estimate) : 'Not measured.';
  const divisor = estimateWords({ value: temperature }).value;
  return (
    <Reliability
      bins={evaluation.calibration!.bins}
      of={isOfSeveral(evaluation.labelled) ? 'label' : 'text'}
      words={words}
    >
      {calibrationError &&
        divisor !== '1' &&
        ` Before temperature scaling (${divisor}): ${estimateWords({ value: calibrationError.asItLearnt }).value} %.`}
    </Reliability>
  );
}
/** Two significant digits, however narrow the interval: `off by 0.035 % on average, 0.034 to 0.036`. */
export function calibrationWords({ value, low, high }: Estimate): string {
  const twoDigits = (percent: number): string => formatNumber(Number(percent.toPrecision(2)));
  const interval =
    low === undefined || high === undefined || low === high ? '' : `, ${twoDigits(low)} to ${twoDigits(high)}`;
  return `${value <= MAX_GOOD_ERROR ? 'Well' : 'Poorly'} calibrated: confidence is off by ${twoDigits(value)} % on average${interval}.`;
}
/** Maximum calibration error, in percent, of a well-calibrated classifier. */
const MAX_GOOD_ERROR = 5;

/** Confidence threshold: with one label per text, lower answers are “Not sure”; with several, it selects labels. */
function Threshold({ run, labeled }: { run: RunRow['record']; labeled: LabeledTexts | undefined }) {
  const store = useStudioStore();
  const decision = run.decision ?? PLAIN_DECISION;
  const hasSeveralLabels = run.model.config.classes?.several === true;
  /** Unsaved value. */
  const [unsaved, setUnsaved] = useState<number>();
  const threshold = unsaved ?? decision.atLeast;
  const pendingSave = useRef<() => void>(undefined);
  useEffect(() => {
    if (unsaved === undefined) return undefined;
    const save = async (): Promise<void> => {
      pendingSave.current = undefined;
      await (await store.getState().classifying()).answerFrom(run.id, unsaved);
      setUnsaved((current) => (current === unsaved ? undefined : current));
    };
    pendingSave.current = () => void save();
    const timer = setTimeout(() => void save(), SAVE_DELAY_MS);
    return () => clearTimeout(timer);
  }, [store, run.id, unsaved]);
  // Also saves if the page is left before the delay.
  useEffect(() => () => pendingSave.current?.(), []);
  const shown = hasSeveralLabels ? threshold || EVEN : threshold;
  const preview = useMemo(() => labeled && answersAt(labeled, threshold), [labeled, threshold]);
  return (
    <Block>
      <Slider
        label="Confidence threshold"
        min={hasSeveralLabels ? 0.01 : 0}
        max={0.99}
        step={0.01}
        value={shown}
        onChange={setUnsaved}
        output={shown === 0 ? 'off' : percent(shown)}
      />
      {labeled && (
        <p className={text.small}>
          <span className={text.ink2}>
            {preview
              ? `${hasSeveralLabels ? 'Gives' : 'Answers'} ${answersWords(preview, hasSeveralLabels)}`
              : 'Too many labels to preview this threshold. Evaluate again to measure it.'}
          </span>
        </p>
      )}
    </Block>
  );
}
/** Time without a change after which the value is saved, in ms. */
const SAVE_DELAY_MS = 400;
