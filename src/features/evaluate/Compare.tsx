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
import { Asking } from './Asking';
import { IntervalBar } from './IntervalBar';
import styles from './Lists.module.css';
import { PART_NAMES } from './words';

/** Compares the shown checkpoint with another, of any run, on the same text. */
export function ComparePane() {
  const other = useStudio((s) => s.compareWith);
  const choose = useStudio((s) => s.chooseCompareWith);
  const compareSteps = useStudio((s) => s.compareSteps);
  const work = useStudio(shownComparing);
  const refusal = useStudio(compareRefusal);
  const found = useStudio((s) => shownLists(s)?.comparisons) ?? NONE;
  const options = useOthers();
  const value = other && `${other.runId} ${other.which}`;
  const known = options.find((option) => option.value === value);
  return (
    <Pane title="Compare with" hint="bits per byte">
      {options.length > 0 && (
        <Block>
          <div className={styles.choice}>
            <Select
              layout="wide"
              label="Compare with"
              placeholder="choose a checkpoint"
              value={known ? known.value : null}
              options={options}
              onChange={(chosen) => {
                const at = chosen.lastIndexOf(' ');
                choose({ runId: chosen.slice(0, at), which: whichOf(chosen.slice(at + 1)) });
              }}
            />
            <Button isDense disabledReason={refusal} onPress={() => void compareSteps()}>
              Compare
            </Button>
          </div>
          <OnWhich />
        </Block>
      )}
      <Asking work={work}>{null}</Asking>
      {found.map((comparison) => (
        <Found key={JSON.stringify([comparison.beside, comparison.part])} comparison={comparison} />
      ))}
      {found.length === 0 && (
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
const NONE: readonly KeptComparison[] = [];

/** Text on which both are evaluated. */
function OnWhich() {
  const on = useStudio((s) => s.evaluatedOn);
  const name = useStudio((s) => s.ownText?.name);
  const looks = useStudio(looksSoFar);
  const words = on === 'text' ? (name ?? 'your text') : `the ${PART_NAMES[on].toLowerCase()}`;
  return (
    <p className={styles.note}>
      {`On ${words}`}
      {on === 'test' && `, for the ${ordinal(looks + 1)} time`}
    </p>
  );
}

function Found({ comparison }: { comparison: KeptComparison }) {
  const { difference, low, high, verdict, bytes, mayHaveLearnt, beside, part, look } = comparison;
  const isOther = useStudio((s) => isOnOtherText(s, comparison));
  const run = useStudio((s) => s.runs?.find(({ record }) => record.id === beside.runId)?.record);
  const isOwn = useStudio((s) => shownRun(s, 'evaluate').id === beside.runId);
  const name = run ? `${run.name}, ${modelSpec(run.model.id).label}` : beside.name;
  const other = `${isOwn ? '' : `${name}, `}step ${formatCount(beside.step)}`;
  // Negative differences, which are better, are to the right.
  const max = niceAbove(Math.max(Math.abs(low), Math.abs(high)));
  const at = (x: number): number => 50 - (50 * x) / max;
  const words = comparisonWords(comparison);
  const formatted = (x: number): string => formatNumber(-x);
  const on = part === 'text' ? (comparison.name ?? 'your text') : `the ${PART_NAMES[part].toLowerCase()}`;
  return (
    <Block>
      <div className={styles.difference}>
        <b className={styles.against}>{`Against ${other}`}</b>
        <IntervalBar
          value={at(difference)}
          low={at(high)}
          high={at(low)}
          baseline={50}
          label={`Better by ${formatted(difference)} bits per byte, from ${formatted(high)} to ${formatted(low)}`}
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
          ? `The difference is ${formatted(difference)} bits per byte, from ${formatted(high)} to ${formatted(low)}. `
          : `From ${formatted(verdict === 'better' ? high : low)} to ${formatted(verdict === 'better' ? low : high)}. `}
        {mayHaveLearnt && 'The other run may have trained on this text. '}
        {isOther && 'Out of date: the text has changed.'}
      </p>
      <p className={styles.note}>
        {`On ${formatCount(bytes)} bytes of ${on}, ${formatMoment(comparison.madeAt)}`}
        {look !== undefined && `, for the ${ordinal(look)} time`}
      </p>
    </Block>
  );
}

/** Rounds up to 1, 2 or 5 times a power of ten. */
function niceAbove(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x > 0 ? x : 1));
  return power * ([1, 2, 5].find((each) => each * power >= x) ?? 10);
}

/** Other checkpoints of the shown run, and the latest of every other run. */
function useOthers() {
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
