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
import { percent } from './judged';
import { TryText } from './TryText';
import type { ClassifySituation } from './useClassify';

/** Calibration of the classifier, its confidence threshold, and its answer for a text. */
export function AskPane({ situation: { judged, classifier } }: { situation: ClassifySituation }) {
  return (
    <Pane title="Confidence">
      {!classifier ? (
        <EmptyStage figure={<ExampleBars />}>See how confident your classifier is about a text of your own</EmptyStage>
      ) : (
        <>
          {judged?.evaluation.calibration && <Sureness evaluation={judged.evaluation} />}
          {judged !== undefined && (
            <Threshold
              key={`threshold ${classifier.record.id}`}
              run={classifier.record}
              labeled={judged?.evaluation.labelled}
            />
          )}
          <TryText key={`text ${classifier.record.id}`} run={classifier.record} />
        </>
      )}
    </Pane>
  );
}

function Sureness({ evaluation }: { evaluation: Evaluation }) {
  const error = evaluation.metrics['calibrationError'];
  const { calibrationError, temperature = 1 } = evaluation.labelled ?? {};
  const words = error ? calibrationWords(error) : 'Not measured.';
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
  const short = (percent: number): string => formatNumber(Number(percent.toPrecision(2)));
  const interval = low === undefined || high === undefined || low === high ? '' : `, ${short(low)} to ${short(high)}`;
  return `${value <= FINE ? 'Well' : 'Poorly'} calibrated: confidence is off by ${short(value)} % on average${interval}.`;
}
/** Maximum calibration error, in percent, of a well-calibrated classifier. */
const FINE = 5;

/** Confidence threshold: with one label per text, lower answers are “Not sure”; with several, it selects labels. */
function Threshold({ run, labeled }: { run: RunRow['record']; labeled: LabeledTexts | undefined }) {
  const store = useStudioStore();
  const decision = run.decision ?? PLAIN_DECISION;
  const several = run.model.config.classes?.several === true;
  /** Unsaved value. */
  const [moved, setMoved] = useState<number>();
  const atLeast = moved ?? decision.atLeast;
  const toKeep = useRef<() => void>(undefined);
  useEffect(() => {
    if (moved === undefined) return undefined;
    const keep = async (): Promise<void> => {
      toKeep.current = undefined;
      await (await store.getState().classifying()).answerFrom(run.id, moved);
      setMoved((now) => (now === moved ? undefined : now));
    };
    toKeep.current = () => void keep();
    const timer = setTimeout(() => void keep(), SETTLED);
    return () => clearTimeout(timer);
  }, [store, run.id, moved]);
  // Also saves if the page is left before the delay.
  useEffect(() => () => toKeep.current?.(), []);
  const shown = several ? atLeast || EVEN : atLeast;
  const decided = useMemo(() => labeled && answersAt(labeled, atLeast), [labeled, atLeast]);
  return (
    <Block>
      <Slider
        label="Confidence threshold"
        min={several ? 0.01 : 0}
        max={0.99}
        step={0.01}
        value={shown}
        onChange={setMoved}
        output={shown === 0 ? 'off' : percent(shown)}
      />
      {labeled && (
        <p className={text.small}>
          <span className={text.ink2}>
            {decided
              ? `${several ? 'Gives' : 'Answers'} ${answersWords(decided, several)}`
              : 'Too many labels to preview this threshold. Evaluate again to measure it.'}
          </span>
        </p>
      )}
    </Block>
  );
}
/** Milliseconds without a change before the value is saved. */
const SETTLED = 400;
