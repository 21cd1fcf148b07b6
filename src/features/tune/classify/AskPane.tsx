import { useEffect, useMemo, useState } from 'react';
import { formatCount } from '../../../core/base/units';
import type { Evaluation } from '../../../core/evaluate/evaluation';
import { estimateWords } from '../../../core/evaluate/words';
import { PLAIN_DECISION } from '../../../core/runs/settings';
import type { RunRow } from '../../../protocol/data';
import { useStudioStore } from '../../../state/react';
import { Block, EmptyState, Pane, Slider, Table, text, TextAction } from '../../../ui';
import styles from './Classify.module.css';
import { answered, judgedTexts, percent } from './judged';
import { TryText } from './TryText';
import type { ClassifySituation } from './useClassify';

/** Whether it knows when it is unsure, from where on it answers, and what it says of a text. */
export function AskPane({ situation: { judged, classifier } }: { situation: ClassifySituation }) {
  return (
    <Pane title="Does it know when it is unsure?">
      {!classifier ? (
        <EmptyState>
          How sure it is beside how often it is right, and what it makes of a text, are shown here
        </EmptyState>
      ) : (
        <>
          {judged?.evaluation.calibration && <Sureness evaluation={judged.evaluation} />}
          {judged?.evaluation.labelled && !classifier.record.model.config.classes?.several && (
            <Threshold key={classifier.record.id} run={classifier.record} evaluation={judged.evaluation} />
          )}
          <TryText key={classifier.record.id} run={classifier.record} />
        </>
      )}
    </Pane>
  );
}

type Bin = NonNullable<Evaluation['calibration']>['bins'][number];

function Sureness({ evaluation }: { evaluation: Evaluation }) {
  const [isTable, setTable] = useState(false);
  const bins = evaluation.calibration!.bins.filter(({ count }) => count > 0);
  const error = evaluation.metrics['calibrationError'];
  const { calibrationError, temperature } = evaluation.labelled ?? {};
  const told = error && estimateWords(error);
  const caption = told
    ? `${error.value <= FINE ? 'Yes' : 'Not well'}: off by ${told.value} % on average${told.interval === undefined ? '' : `, ${told.interval}`}`
    : 'Not measured';
  const before =
    calibrationError && temperature !== undefined
      ? `; as it learnt by ${estimateWords({ value: calibrationError.asItLearnt }).value} %, before its scores were divided by ${estimateWords({ value: temperature }).value}`
      : '';
  return (
    <figure className={styles.sureness}>
      <div className={styles.figureHead}>
        <b>Right, of those it was so sure of</b>
        <TextAction onPress={() => setTable(!isTable)}>{isTable ? 'Show chart' : 'Show table'}</TextAction>
      </div>
      {isTable ? <BinTable bins={bins} /> : <Diagram bins={bins} caption={caption} />}
      <figcaption>
        {caption}
        {before}
      </figcaption>
    </figure>
  );
}
/** Percent. */
const FINE = 5;

const BinTable = ({ bins }: { bins: readonly Bin[] }) => (
  <Table
    label="How often right, by how sure"
    isDense
    rows={bins}
    rowKey={({ confidence }) => String(confidence)}
    columns={[
      { id: 'sure', header: 'How sure', cell: ({ confidence }) => percent(confidence) },
      { id: 'right', header: 'Right', isNumber: true, cell: ({ accuracy }) => percent(accuracy) },
      { id: 'count', header: 'Texts', isNumber: true, isQuiet: true, cell: ({ count }) => formatCount(count) },
    ]}
  />
);

/** Reliability diagram (Guo et al. 2017, arXiv:1706.04599): a larger point is more texts. */
function Diagram({ bins, caption }: { bins: readonly Bin[]; caption: string }) {
  const most = Math.max(...bins.map(({ count }) => count));
  const points = bins.map(({ confidence, accuracy }) => `${WIDE * confidence},${HIGH * (1 - accuracy)}`).join(' ');
  return (
    <div className={styles.diagram} role="img" aria-label={`Reliability diagram. ${caption}`}>
      <span className={styles.y} aria-hidden>
        <span>100 %</span>
        <span>50 %</span>
        <span>0 %</span>
      </span>
      <svg viewBox={`-4 -4 ${WIDE + 8} ${HIGH + 8}`} aria-hidden>
        <path className={styles.grid} d={`M0 0H${WIDE}M0 ${HIGH / 2}H${WIDE}M0 ${HIGH}H${WIDE}`} />
        <path className={styles.even} d={`M0 ${HIGH}L${WIDE} 0`} />
        <polyline className={styles.line} points={points} />
        {bins.map(({ confidence, accuracy, count }) => (
          <circle
            key={confidence}
            className={styles.point}
            cx={WIDE * confidence}
            cy={HIGH * (1 - accuracy)}
            r={2 + 3 * Math.sqrt(count / most)}
          />
        ))}
      </svg>
      <span className={styles.x} aria-hidden>
        <span>sure 0 %</span>
        <span>50 %</span>
        <span>100 %</span>
      </span>
    </div>
  );
}
const [WIDE, HIGH] = [300, 120];

/** From how sure on it answers; said to be not sure below that. */
function Threshold({ run, evaluation }: { run: RunRow['record']; evaluation: Evaluation }) {
  const store = useStudioStore();
  const decision = run.decision ?? PLAIN_DECISION;
  const [atLeast, setAtLeast] = useState(decision.atLeast);
  const texts = useMemo(() => judgedTexts(evaluation.labelled!), [evaluation]);
  useEffect(() => {
    if (atLeast === decision.atLeast) return undefined;
    const timer = setTimeout(
      () =>
        void store
          .getState()
          .classifying()
          .then(({ decide }) => decide(run, { ...decision, atLeast })),
      SETTLED,
    );
    return () => clearTimeout(timer);
  }, [store, run, atLeast, decision]);
  const { count, right } = answered(texts, atLeast);
  return (
    <Block>
      <Slider
        label="Not sure below"
        min={0}
        max={0.99}
        step={0.01}
        value={atLeast}
        onChange={setAtLeast}
        output={atLeast === 0 ? 'answers always' : percent(atLeast)}
      />
      <p className={text.small}>
        <span className={text.ink2}>
          Answers {formatCount(count)} of {formatCount(texts.length)},{' '}
          {percent(texts.length > 0 ? count / texts.length : 0)}
          {count > 0 && `; ${percent(right / count)} of these are right`}
        </span>
      </p>
    </Block>
  );
}
/** Milliseconds after which a slider is where it is to be. */
const SETTLED = 400;
