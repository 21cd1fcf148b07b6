import { useMemo } from 'react';
import { formatCount, formatNumber } from '../../core/base/units';
import { comparisonWords } from '../../core/evaluate/compare';
import type { Compared } from '../../protocol/gpu';
import { evaluatedStep } from '../../state/evaluate';
import { comparisonOf } from '../../state/lists';
import { shownRun } from '../../state/openRun';
import { useStudio, useStudioFields } from '../../state/react';
import { runOptions } from '../../state/runChoice';
import { whichOf } from '../../state/trained';
import { Block, Button, Pane, Select } from '../../ui';
import { Asking } from './Asking';
import { IntervalBar } from './IntervalBar';
import styles from './Lists.module.css';
import { PART_NAMES } from './OnChoice';

/** Whether the step that is shown is better than another, of this run or of any, on the same text. */
export function ComparePane() {
  const { other, hasText, on } = useStudioFields((s) => ({
    other: s.compareWith,
    hasText: s.evaluatedOn !== 'text' || s.ownText !== null,
    on: s.evaluatedOn,
  }));
  const choose = useStudio((s) => s.chooseCompareWith);
  const compareSteps = useStudio((s) => s.compareSteps);
  const work = useStudio((s) => s.comparing);
  const compared = useStudio((s) => (s.compared?.of === comparisonOf(s) ? s.compared.found : null));
  const options = useOthers();
  const value = other && `${other.runId} ${other.which}`;
  const known = options.find((option) => option.value === value);
  return (
    <Pane
      title="Compare with"
      hint="bits per byte"
      aside={
        options.length > 0 && (
          <Select
            layout="bare"
            label="Compare with"
            placeholder="choose a step"
            value={known ? known.value : null}
            options={options}
            onChange={(chosen) => {
              const at = chosen.lastIndexOf(' ');
              choose({ runId: chosen.slice(0, at), which: whichOf(chosen.slice(at + 1)) });
            }}
          />
        )
      }
    >
      <Asking work={work}>
        {compared ? (
          <Found compared={compared} name={known?.label ?? 'the other'} />
        ) : (
          <Block>
            <p className={styles.words}>
              {options.length === 0
                ? 'There is no other step to compare with: train another run, or keep more steps'
                : `Both read the ${PART_NAMES[on].toLowerCase()} as it is written, so that tokenizers and architectures may differ. Pieces of it are drawn again and again, the same for both: so a difference is told from chance.`}
            </p>
          </Block>
        )}
        {options.length > 0 && (
          <Block>
            <Button
              isDense
              disabledReason={
                !known ? 'Choose a step to compare with first' : hasText ? undefined : 'Give it a text first'
              }
              onPress={() => void compareSteps()}
            >
              {compared ? 'Compare again' : 'Compare'}
            </Button>
          </Block>
        )}
      </Asking>
    </Pane>
  );
}

function Found({ compared, name }: { compared: Compared; name: string }) {
  const { difference, low, high, verdict, bytes, mayHaveLearnt } = compared;
  // Better is to the right.
  const most = niceAbove(Math.max(Math.abs(low), Math.abs(high)));
  const at = (x: number): number => 50 - (50 * x) / most;
  const words = comparisonWords(compared);
  const told = (x: number): string => formatNumber(-x);
  return (
    <Block>
      <div className={styles.difference}>
        <IntervalBar
          value={at(difference)}
          low={at(high)}
          high={at(low)}
          baseline={50}
          label={`Better by ${told(difference)} bits per byte, from ${told(high)} to ${told(low)}`}
        />
        <span className={styles.axis} aria-hidden>
          <span>{`${name} better by ${formatNumber(most)}`}</span>
          <span>0</span>
          <span>{`this better by ${formatNumber(most)}`}</span>
        </span>
      </div>
      <p className={styles.words}>
        <b>{words.charAt(0).toUpperCase() + words.slice(1)}</b>{' '}
        {verdict === 'not distinguishable'
          ? `The difference is ${told(difference)} bits per byte, from ${told(high)} to ${told(low)}. `
          : `From ${told(verdict === 'better' ? high : low)} to ${told(verdict === 'better' ? low : high)}. `}
        {`On ${formatCount(bytes)} bytes, beside step ${formatCount(compared.besideStep)}.`}
        {mayHaveLearnt && ' The other run did not hold out this text, as far as is known: it may have learnt from it.'}
      </p>
    </Block>
  );
}

/** 1, 2 or 5 times a power of ten. */
function niceAbove(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x > 0 ? x : 1));
  return power * ([1, 2, 5].find((each) => each * power >= x) ?? 10);
}

/** The other steps of the run that is shown, and the newest of every other run. */
function useOthers() {
  const runs = useStudio((s) => s.runs);
  const run = useStudio((s) => shownRun(s, 'evaluate'));
  const shown = useStudio(evaluatedStep);
  return useMemo(() => {
    const steps = [...new Set(run.steps.map(({ step }) => step))].filter((step) => step !== shown).reverse();
    return [
      ...steps.map((step) => ({
        value: `${run.id} ${step}`,
        label: `step ${formatCount(step)}`,
        hint: run.record?.name ?? 'this run',
      })),
      ...runOptions(runs ?? [], 'evaluate')
        .filter(({ value }) => value !== run.id)
        .map(({ value, label, hint }) => ({ value: `${value} latest`, label, hint })),
    ];
  }, [runs, run, shown]);
}
