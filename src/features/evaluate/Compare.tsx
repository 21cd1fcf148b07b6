import { useMemo } from 'react';
import { formatCount, formatNumber } from '../../core/base/units';
import { upperFirst } from '../../core/base/firstLetter';
import { comparisonWords } from '../../core/evaluate/compare';
import { modelSpec } from '../../core/models';
import type { KeptComparison } from '../../core/runs/evaluations';
import { ordinal } from '../../core/runs/testSetAccesses';
import { evaluatedStep, looksSoFar } from '../../state/evaluate';
import { compareRefusal, isOnOtherText, shownComparing, shownLists } from '../../state/lists';
import { shownRun } from '../../state/openRun';
import { useStudio } from '../../state/react';
import { runOptions } from '../../state/runChoice';
import { whichOf } from '../../state/trained';
import { Block, Button, formatMoment, Pane, Select } from '../../ui';
import { WorkStatus } from './WorkStatus';
import { IntervalBar } from './IntervalBar';
import styles from './Lists.module.css';
import { PART_NAMES } from './words';

/** Compares the shown checkpoint with another, of any run, on the same text. */
export function ComparePane() {
  const otherCheckpoint = useStudio((s) => s.compareWith);
  const choose = useStudio((s) => s.chooseCompareWith);
  const compareSteps = useStudio((s) => s.compareSteps);
  const work = useStudio(shownComparing);
  const refusal = useStudio(compareRefusal);
  const comparisons = useStudio((s) => shownLists(s)?.comparisons) ?? NO_COMPARISONS;
  const options = useCheckpointOptions();
  const otherKey = otherCheckpoint && `${otherCheckpoint.runId} ${otherCheckpoint.which}`;
  const selected = options.find((option) => option.value === otherKey);
  return (
    <Pane title="Compare with" hint="bits per byte">
      {options.length > 0 && (
        <Block>
          <div className={styles.choice}>
            <Select
              layout="wide"
              label="Compare with"
              placeholder="choose a checkpoint"
              value={selected ? selected.value : null}
              options={options}
              onChange={(chosen) => {
                const separator = chosen.lastIndexOf(' ');
                choose({ runId: chosen.slice(0, separator), which: whichOf(chosen.slice(separator + 1)) });
              }}
            />
            <Button isDense disabledReason={refusal} onPress={() => void compareSteps()}>
              Compare
            </Button>
          </div>
          <EvaluationTextNote />
        </Block>
      )}
      <WorkStatus work={work}>{null}</WorkStatus>
      {comparisons.map((comparison) => (
        <ComparisonBlock key={JSON.stringify([comparison.beside, comparison.part])} comparison={comparison} />
      ))}
      {comparisons.length === 0 && (
        <Block>
          <p className={styles.words}>
            {options.length === 0
              ? 'No other checkpoint to compare with. Train another run first'
              : 'Both score the same text; tokenizers may differ. Bootstrap resampling separates a real difference from chance.'}
          </p>
        </Block>
      )}
    </Pane>
  );
}
const NO_COMPARISONS: readonly KeptComparison[] = [];

/** Names the text on which both checkpoints are evaluated. */
function EvaluationTextNote() {
  const evaluatedOn = useStudio((s) => s.evaluatedOn);
  const name = useStudio((s) => s.ownText?.name);
  const testSetUses = useStudio(looksSoFar);
  const words = evaluatedOn === 'text' ? (name ?? 'your text') : `the ${PART_NAMES[evaluatedOn].toLowerCase()}`;
  return (
    <p className={styles.note}>
      {`On ${words}`}
      {evaluatedOn === 'test' && `, for the ${ordinal(testSetUses + 1)} time`}
    </p>
  );
}

function ComparisonBlock({ comparison }: { comparison: KeptComparison }) {
  const { difference, low, high, verdict, bytes, mayHaveLearnt, beside, part, look } = comparison;
  const isOutOfDate = useStudio((s) => isOnOtherText(s, comparison));
  const run = useStudio((s) => s.runs?.find(({ record }) => record.id === beside.runId)?.record);
  const isSameRun = useStudio((s) => shownRun(s, 'evaluate').id === beside.runId);
  const name = run ? `${run.name}, ${modelSpec(run.model.id).label}` : beside.name;
  const otherName = `${isSameRun ? '' : `${name}, `}step ${formatCount(beside.step)}`;
  // A negative difference means this model is better, and is drawn to the right.
  const max = roundUpToNice(Math.max(Math.abs(low), Math.abs(high)));
  const axisPosition = (x: number): number => 50 - (50 * x) / max;
  const words = comparisonWords(comparison);
  const formatDifference = (x: number): string => formatNumber(-x);
  const textName = part === 'text' ? (comparison.name ?? 'your text') : `the ${PART_NAMES[part].toLowerCase()}`;
  return (
    <Block>
      <div className={styles.difference}>
        <b className={styles.against}>{`Against ${otherName}`}</b>
        <IntervalBar
          value={axisPosition(difference)}
          low={axisPosition(high)}
          high={axisPosition(low)}
          baseline={50}
          label={`Better by ${formatDifference(difference)} bits per byte, from ${formatDifference(high)} to ${formatDifference(low)}`}
        />
        <span className={styles.axis} aria-hidden>
          <span>{`other better by ${formatNumber(max)}`}</span>
          <span>0</span>
          <span>{`this better by ${formatNumber(max)}`}</span>
        </span>
      </div>
      <p className={styles.words}>
        <b>{upperFirst(words)}</b>{' '}
        {verdict === 'not distinguishable'
          ? `The difference is ${formatDifference(difference)} bits per byte, from ${formatDifference(high)} to ${formatDifference(low)}. `
          : `From ${formatDifference(verdict === 'better' ? high : low)} to ${formatDifference(verdict === 'better' ? low : high)}. `}
        {mayHaveLearnt && 'The other run may have trained on this text. '}
        {isOutOfDate && 'Out of date: the text has changed.'}
      </p>
      <p className={styles.note}>
        {`On ${formatCount(bytes)} bytes of ${textName}, ${formatMoment(comparison.madeAt)}`}
        {look !== undefined && `, for the ${ordinal(look)} time`}
      </p>
    </Block>
  );
}

/** Rounds up to 1, 2 or 5 times a power of ten. */
function roundUpToNice(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x > 0 ? x : 1));
  return power * ([1, 2, 5].find((factor) => factor * power >= x) ?? 10);
}

/** Other checkpoints of the shown run, and the latest of every other run. */
function useCheckpointOptions() {
  const runs = useStudio((s) => s.runs);
  const run = useStudio((s) => shownRun(s, 'evaluate'));
  const shown = useStudio(evaluatedStep);
  return useMemo(() => {
    // Runs of one project may share a name.
    const architectures = new Map((runs ?? []).map(({ record }) => [record.id, modelSpec(record.model.id).label]));
    const steps = [...new Set(run.steps.map(({ step }) => step))].filter((step) => step !== shown).reverse();
    return [
      ...steps.map((step) => ({
        value: `${run.id} ${step}`,
        label: `step ${formatCount(step)}`,
        hint: run.record?.name ?? 'this run',
      })),
      ...runOptions(runs ?? [], 'evaluate')
        .filter(({ value }) => value !== run.id)
        .map(({ value, label, hint }) => ({
          value: `${value} latest`,
          label,
          hint: [architectures.get(value), hint].join(', '),
        })),
    ];
  }, [runs, run, shown]);
}
