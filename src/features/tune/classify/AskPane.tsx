import { useEffect, useMemo, useRef, useState } from 'react';
import { answersAt, answersWords, isOfSeveral } from '../../../core/evaluate/eachLabel';
import type { Evaluation, LabelledTexts } from '../../../core/evaluate/evaluation';
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

/** Whether it knows when it is unsure, from where on it answers, and what it says of a text. */
export function AskPane({ situation: { judged, classifier } }: { situation: ClassifySituation }) {
  return (
    <Pane title="Does it know when it is unsure?">
      {!classifier ? (
        <EmptyStage figure={<ExampleBars />}>Try a text of your own, and see how sure your classifier is</EmptyStage>
      ) : (
        <>
          {judged?.evaluation.calibration && <Sureness evaluation={judged.evaluation} />}
          {judged !== undefined && (
            <Threshold
              key={`threshold ${classifier.record.id}`}
              run={classifier.record}
              labelled={judged?.evaluation.labelled}
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
        ` As trained, before temperature ${divisor}, by ${estimateWords({ value: calibrationError.asItLearnt }).value} %.`}
    </Reliability>
  );
}
/** Two significant digits, however narrow the interval is: `off by 0.035 % on average, 0.034 to 0.036`. */
export function calibrationWords({ value, low, high }: Estimate): string {
  const short = (percent: number): string => formatNumber(Number(percent.toPrecision(2)));
  const interval = low === undefined || high === undefined || low === high ? '' : `, ${short(low)} to ${short(high)}`;
  return `${value <= FINE ? 'Well' : 'Poorly'} calibrated: confidence is off by ${short(value)} % on average${interval}.`;
}
/** Percent. */
const FINE = 5;

/** From how sure on it answers: of one label it is said to be not sure below that, of several each is given that is so likely. */
function Threshold({ run, labelled }: { run: RunRow['record']; labelled: LabelledTexts | undefined }) {
  const store = useStudioStore();
  const decision = run.decision ?? PLAIN_DECISION;
  const several = run.model.config.classes?.several === true;
  /** Where it was moved to, until that is kept. */
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
  // Who leaves the page sooner has moved it all the same.
  useEffect(() => () => toKeep.current?.(), []);
  const shown = several ? atLeast || EVEN : atLeast;
  const told = useMemo(() => labelled && answersAt(labelled, atLeast), [labelled, atLeast]);
  return (
    <Block>
      <Slider
        label={several ? 'Likely enough from' : 'Not sure below'}
        min={several ? 0.01 : 0}
        max={0.99}
        step={0.01}
        value={shown}
        onChange={setMoved}
        output={shown === 0 ? 'answers always' : percent(shown)}
      />
      {labelled && (
        <p className={text.small}>
          <span className={text.ink2}>
            {told
              ? `${several ? 'Gives' : 'Answers'} ${answersWords(told, several)}`
              : 'There are too many labels to say what it would give: it is known once it is measured so, on Evaluate'}
          </span>
        </p>
      )}
    </Block>
  );
}
/** Milliseconds after which a slider is where it is to be. */
const SETTLED = 400;
