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

/** Width in px of the right axis (nats), between the plot and the gutter. */
const RIGHT_AXIS_WIDTH = 28;

/** Shows the run's samples, with a scrubber aligned to the loss chart. */
export function RunReel(p: { settings: RunSettings; axis: LossAxis; children: ReactNode }) {
  const { log, phase } = useShown('train');
  const { recipe, segments, model } = p.settings;
  // The log is mutated in place; samples change only if one of these values does.
  const logVersion = `${log.evaluations.length} ${log.sampled.length} ${log.shown?.step}`;
  const samples = useMemo(
    (): readonly RunSample[] => (logVersion === '' ? [] : runSamples(log, recipe)),
    [log, recipe, logVersion],
  );
  const state = useReel(samples.length);
  useRequestedSample(log, samples, state.move);
  const { context } = model.config;
  const tokensAtStep = useCallback((step: number) => tokensAt(segments, context, step), [segments, context]);
  const tokens = useMemo(() => new Mapped(log.step, tokensAtStep), [log, tokensAtStep]);
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
      axisRight={RIGHT_AXIS_WIDTH}
      form={form}
      aside={<TryPrompt prompt={recipe.samplePrompt} />}
    >
      {p.children}
    </Reel>
  );
}

/** Shows a requested sample as soon as it arrives, because the run may have written a newer one by then. */
function useRequestedSample(log: RunLog, samples: readonly RunSample[], move: (index: number) => void): void {
  const requests = log.sampled.length;
  const seen = useRef({ log, requests });
  useEffect(() => {
    const { log: previousLog, requests: before } = seen.current;
    if (previousLog === log && before === requests) return;
    seen.current = { log, requests };
    const index = samples.findIndex(({ key }) => key === `asked ${requests - 1}`);
    if (previousLog === log && requests > before && index >= 0) move(index);
  });
}
