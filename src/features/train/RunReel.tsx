import { useCallback, useEffect, useMemo, useRef, type ReactNode } from 'react';
import { tokensAt } from '../../core/runs/segments';
import { useShown } from '../../state/react';
import type { RunLog } from '../../state/runLog';
import { isLong, type RunSample, runSamples } from '../../state/runSamples';
import { plannedSteps, type RunSettings } from '../../state/runSettings';
import { Reel, useReel } from '../../ui';
import { stepPlace, type LossAxis } from '../../ui/charts';
import { TryPrompt } from './TryPrompt';
import { Mapped } from './columns';
import styles from './TrainPage.module.css';

/** Width in px of the axis of nats, between the plot and the gutter. */
const NATS = 28;

/** The run's sample and its scrubber, on one axis with the chart below. */
export function RunReel(p: { settings: RunSettings; axis: LossAxis; children: ReactNode }) {
  const { log, phase } = useShown('train');
  const { recipe, segments, model } = p.settings;
  // The log is mutated in place; new samples come only with one of these values.
  const counted = `${log.evaluations.length} ${log.sampled.length} ${log.shown?.step}`;
  const samples = useMemo(
    (): readonly RunSample[] => (counted === '' ? [] : runSamples(log, recipe)),
    [log, recipe, counted],
  );
  const state = useReel(samples.length);
  useAsked(log, samples, state.move);
  const { context } = model.config;
  const trained = useCallback((step: number) => tokensAt(segments, context, step), [segments, context]);
  const tokens = useMemo(() => new Mapped(log.step, trained), [log, trained]);
  const seconds = useMemo(() => new Mapped(log.activeMs, (ms) => ms / 1000), [log]);
  const columns = { step: log.step, tokens: tokens.read(), seconds: seconds.read() };
  const place = stepPlace(columns, p.axis, plannedSteps(phase, p.settings));
  if (samples.length === 0)
    return (
      <>
        <p className={styles.none}>The first sample appears before step 1</p>
        {p.children}
      </>
    );
  const form = isLong((log.shown ?? log.evaluations.at(-1))?.sample) ? 'long' : undefined;
  return (
    <Reel
      samples={samples}
      state={state}
      place={place}
      axisRight={NATS}
      form={form}
      aside={<TryPrompt prompt={recipe.samplePrompt} />}
    >
      {p.children}
    </Reel>
  );
}

/** Shows a requested sample as soon as it arrives, because the run may have written a newer one by then. */
function useAsked(log: RunLog, samples: readonly RunSample[], move: (at: number) => void): void {
  const asked = log.sampled.length;
  const seen = useRef({ log, asked });
  useEffect(() => {
    const { log: known, asked: before } = seen.current;
    if (known === log && before === asked) return;
    seen.current = { log, asked };
    const at = samples.findIndex(({ key }) => key === `asked ${asked - 1}`);
    if (known === log && asked > before && at >= 0) move(at);
  });
}
