import { useState } from 'react';
import { formatCount, formatDuration, formatNumber, formatReading, formatShort } from '../../core/base/units';
import { ASSUMED_WATTS, costWords, energyOf, priceWords, wattHoursWords } from '../../core/train/energy';
import { objectiveOf } from '../../core/objectives';
import { uncoveredWords } from '../../core/plan/expected';
import { shortContextWords, trigramWords } from '../../core/plan/planWords';
import { tokensPerStep } from '../../core/train/recipe';
import type { Plan } from '../../core/plan/plan';
import { useStudio, useStudioStore } from '../../state/react';
import { timeBudgets } from '../../state/timeBudgets';
import { usePlan } from '../../state/usePlan';
import { planWait } from '../../state/wait';
import { Button, Fold, NumberField, Segmented } from '../../ui';
import styles from './ModelPage.module.css';

/** Plan of a run; empty for pairs, chats and labels, because only runs on plain text can be planned. */
export function PlanBlock() {
  const isOfText = useStudio(({ project }) => objectiveOf(project.recipe.objective).of === undefined);
  return isOfText ? <TimeBlock /> : null;
}

/** Time budget, with the plan for it, its expected quality and its cost. */
function TimeBlock() {
  const store = useStudioStore();
  const { minutes, plan: currentPlan, failure, isReady } = usePlan();
  // Shows the previous plan while the next is computed, so that nothing moves.
  const [lastPlan, setLastPlan] = useState(currentPlan);
  if (currentPlan && currentPlan !== lastPlan) setLastPlan(currentPlan);
  const plan = isReady && failure === undefined ? (currentPlan ?? lastPlan) : currentPlan;
  const setMinutes = (value: string): void => {
    const { project, change } = store.getState();
    change({ plan: { ...project.plan, minutes: Number(value) } });
  };
  return (
    <section className={styles.plan} aria-labelledby="plan-head">
      <div className={styles.planHead}>
        <h2 id="plan-head">Time budget</h2>
        <Segmented label="Time budget" value={String(minutes)} onChange={setMinutes} options={timeBudgets(minutes)} />
        {plan && <UsePlanButton minutes={minutes} plan={currentPlan} />}
      </div>
      {plan ? (
        <PlanSummary plan={plan} />
      ) : (
        <p className={styles.outlook}>{isReady ? (failure ?? 'Reading the text') : NO_TEXT}</p>
      )}
    </section>
  );
}
const NO_TEXT = 'Add text to get a plan';

/**
 * Stays mounted after the plan is applied, so that the button keeps the focus.
 * @param plan undefined while it is computed
 */
function UsePlanButton({ minutes, plan }: { minutes: number; plan: Plan | undefined }) {
  const applyPlan = useStudio((s) => s.takePlan);
  const isInUse = useStudio(({ project: { model, recipe, tokenizerChoice } }) => {
    const { samplePrompt, seed } = recipe;
    const planned = plan && [plan.model.config, { ...plan.recipe, samplePrompt, seed }, plan.vocabulary.size];
    return JSON.stringify([model.config, recipe, tokenizerChoice.vocabulary]) === JSON.stringify(planned);
  });
  const status = plan ? (isInUse ? 'in use' : undefined) : 'planning';
  return (
    <>
      <Button isDense disabledReason={status && DISABLED_REASONS[status]} onPress={() => void applyPlan(minutes)}>
        Use this plan
      </Button>
      {status !== undefined && <span className={styles.aside}>{status}</span>}
    </>
  );
}
const DISABLED_REASONS = { planning: 'Still planning', 'in use': 'This plan is in use' };

function PlanSummary({ plan }: { plan: Plan }) {
  const kind = useStudio((s) => (s.device.kind === 'open' ? s.device.info.kind : 'wasm'));
  const { watts, price } = useStudio((s) => s.project.plan);
  const { expected, twice, trigram, repeated, seconds, epochs, model, recipe, vocabulary, cost } = plan;
  const wait = useStudio((s) => planWait(s, plan));
  const energy = energyOf(seconds, kind, { price, watts: watts ?? undefined });
  const { layers, width, context } = model.config;
  const twoDigits = (x: number): string => formatNumber(Number(x.toPrecision(2)));
  return (
    <>
      <p className={styles.outlook}>
        <b>{formatShort(cost.parameters)}</b> parameters ({formatCount(layers)} layers, width {formatCount(width)},
        context {formatCount(context)}, vocabulary {formatCount(vocabulary.size)}), {twoDigits(epochs)} epochs in about{' '}
        <b>{formatDuration(1000 * wait)}</b>.{' '}
        {expected && twice ? (
          <>
            Expected:{' '}
            <b>
              {formatReading(expected.low)} to {formatReading(expected.high)}
            </b>{' '}
            {expected.unit}. {trigram ? `${trigramWords(trigram, seconds)} ` : ''}
            {twiceWords(expected.value, twice.value)}
          </>
        ) : (
          uncoveredWords(repeated, recipe.steps * tokensPerStep(recipe, context))
        )}{' '}
        {shortContextWords(plan)}
      </p>
      <Fold
        className={styles.fold}
        summary={`About ${wattHoursWords(energy)}, ${costWords(energy)} at ${formatCount(energy.watts)} W and ${priceWords(price)}`}
      >
        <EnergySettings kind={kind} />
      </Fold>
    </>
  );
}

/** Says what twice the time would gain. */
function twiceWords(now: number, twice: number): string {
  const gain = (now - twice) / now;
  return gain > 0
    ? `Twice the time gains about ${formatNumber(Number((100 * gain).toPrecision(2)))} %.`
    : 'More time would only memorize this text.';
}

/** Power and price, which no page can measure: assumed until they are set. */
function EnergySettings({ kind }: { kind: keyof typeof ASSUMED_WATTS }) {
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
        {...(plan.watts === null && { hint: `0: assumes ${String(ASSUMED_WATTS[kind])} W` })}
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
