import { useState } from 'react';
import { formatCount, formatDuration, formatNumber, formatReading, formatShort } from '../../core/base/units';
import { ASSUMED_WATTS, costWords, energyOf, priceWords, wattHoursWords } from '../../core/train/energy';
import { objectiveOf } from '../../core/objectives';
import type { Plan } from '../../core/plan/plan';
import { useStudio, useStudioStore } from '../../state/react';
import { timeBudgets } from '../../state/timeBudgets';
import { usePlan } from '../../state/usePlan';
import { planWait } from '../../state/wait';
import { Button, Fold, NumberField, Segmented } from '../../ui';
import styles from './ModelPage.module.css';

/** Nothing where what a time gives is not known: the law is of models that go on from a text. */
export function PlanBlock() {
  const isKnown = useStudio(({ project }) => objectiveOf(project.recipe.objective).gives.includes('bytes'));
  return isKnown ? <TimeBlock /> : null;
}

/** One dial, how long it may take: what is planned for that time, what that is expected to reach, and what it costs. */
function TimeBlock() {
  const store = useStudioStore();
  const { minutes, plan: made, failure, isReady } = usePlan();
  // While the next one is made the one before stays, so that nothing moves.
  const [last, setLast] = useState(made);
  if (made && made !== last) setLast(made);
  const plan = isReady && failure === undefined ? (made ?? last) : made;
  const setMinutes = (value: string): void => {
    const { project, change } = store.getState();
    change({ plan: { ...project.plan, minutes: Number(value) } });
  };
  return (
    <section className={styles.plan} aria-labelledby="plan-head">
      <div className={styles.planHead}>
        <h2 id="plan-head">How long may it take</h2>
        <Segmented
          label="How long may it take"
          value={String(minutes)}
          onChange={setMinutes}
          options={timeBudgets(minutes)}
        />
        {plan && <TakePlan minutes={minutes} plan={made} />}
      </div>
      {plan ? (
        <Outlook plan={plan} />
      ) : (
        <p className={styles.outlook}>{isReady ? (failure ?? 'Reading the text') : WAITING}</p>
      )}
    </section>
  );
}
const WAITING = 'A plan needs a text, and a device that is open.';

/** Undefined while it is made. The button stays where the settings are the plan's already, and so does the focus on it. */
function TakePlan({ minutes, plan }: { minutes: number; plan: Plan | undefined }) {
  const take = useStudio((s) => s.takePlan);
  const isTaken = useStudio(({ project: { model, recipe, tokenizerChoice } }) => {
    const { samplePrompt, seed } = recipe;
    const same = plan && [plan.model.config, { ...plan.recipe, samplePrompt, seed }, plan.vocabulary.size];
    return JSON.stringify([model.config, recipe, tokenizerChoice.vocabulary]) === JSON.stringify(same);
  });
  const why = plan ? (isTaken ? 'these are the settings' : undefined) : 'planning';
  return (
    <>
      <Button isDense disabledReason={why && WHY_NOT[why]} onPress={() => void take(minutes)}>
        Take this plan
      </Button>
      {why !== undefined && <span className={styles.aside}>{why}</span>}
    </>
  );
}
const WHY_NOT = { planning: 'It is still being made', 'these are the settings': 'The settings are its own already' };

function Outlook({ plan }: { plan: Plan }) {
  const kind = useStudio((s) => (s.device.kind === 'open' ? s.device.info.kind : 'wasm'));
  const { watts, price } = useStudio((s) => s.project.plan);
  const { expected, twice, seconds, epochs, model, vocabulary, cost } = plan;
  const wait = useStudio((s) => planWait(s, plan));
  const energy = energyOf(seconds, kind, { price, watts: watts ?? undefined });
  const { layers, width, context } = model.config;
  const two = (x: number): string => formatNumber(Number(x.toPrecision(2)));
  return (
    <>
      <p className={styles.outlook}>
        <b>{formatShort(cost.parameters)}</b> parameters: {formatCount(layers)} layers of {formatCount(width)}, a
        context of {formatCount(context)}, a vocabulary of {formatCount(vocabulary.size)}; the text is read{' '}
        {two(epochs)} times in about <b>{formatDuration(1000 * wait)}</b>. It expects{' '}
        <b>
          {formatReading(expected.low)} to {formatReading(expected.high)}
        </b>{' '}
        bits per byte of held-out text;{' '}
        {twice.value < expected.value
          ? `twice the time would give about ${formatReading(twice.value)} where this gives ${formatReading(expected.value)}`
          : 'more time would only learn this text by heart'}
        .
      </p>
      <Fold
        className={styles.fold}
        summary={`About ${wattHoursWords(energy)}, ${costWords(energy)} at ${formatCount(energy.watts)} W and ${priceWords(price)}`}
      >
        <Power kind={kind} />
      </Fold>
    </>
  );
}

/** No page can measure what a machine takes: both are assumptions until they are set. */
function Power({ kind }: { kind: keyof typeof ASSUMED_WATTS }) {
  const plan = useStudio((s) => s.project.plan);
  const change = useStudio((s) => s.change);
  return (
    <div className={styles.foldBody}>
      <NumberField
        label="Power"
        unit="W"
        min={0}
        max={100_000}
        step={5}
        isWhole={false}
        value={plan.watts ?? 0}
        onChange={(watts) => change({ plan: { ...plan, watts: watts > 0 ? watts : null } })}
        hint={plan.watts === null ? `0 = ${String(ASSUMED_WATTS[kind])} W, as is assumed` : 'while it trains'}
      />
      <NumberField
        label="Price"
        unit="$ per kWh"
        min={0}
        max={1_000_000}
        step={0.01}
        isWhole={false}
        value={plan.price}
        onChange={(price) => change({ plan: { ...plan, price } })}
      />
    </div>
  );
}
