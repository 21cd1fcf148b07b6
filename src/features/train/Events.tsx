import { useMemo, useState } from 'react';
import { formatCount } from '../../core/base/units';
import { headline } from '../../state/failures';
import { useShownPart } from '../../state/react';
import { Icon, PaneHead, TextAction } from '../../ui';
import { formatClock, runEvents, type RunEvent } from './runEvents';
import type { RunSettings } from '../../state/runSettings';
import styles from './TrainPage.module.css';

/** Number of events shown at first. */
const SHOWN_AT_FIRST = 12;

/** Events of the run, newest first. */
export function Events({ settings }: { settings: RunSettings }) {
  const log = useShownPart('train', (run) => run.log);
  const phase = useShownPart('train', (run) => run.phase);
  // New events arise only from these values, so most steps don't rebuild the list.
  const eventsKey = useShownPart(
    'train',
    ({ log: { saves, kept, evaluations, sampled, early, step } }) =>
      `${saves.length} ${kept.length} ${evaluations.length} ${sampled.length} ${early.length} ${(step.at(-1) ?? 0) >= settings.recipe.warmup}`,
  );
  const [isAll, setAll] = useState(false);
  const loggedEvents = useMemo(() => (eventsKey === '' ? [] : runEvents(log, settings)), [log, settings, eventsKey]);
  const failure: readonly (Omit<RunEvent, 'tone'> & { tone: 'error' })[] =
    phase.kind === 'failed'
      ? [{ step: phase.step, activeMs: log.now, words: headline(phase.failure), tone: 'error' }]
      : [];
  const events = [...failure, ...loggedEvents.toReversed()];
  const shown = isAll ? events : events.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <PaneHead
        title="Events"
        aside={
          events.length > SHOWN_AT_FIRST && (
            <TextAction
              onPress={() => setAll(!isAll)}
              label={isAll ? 'Fewer events' : `All ${formatCount(events.length)} events`}
            >
              {isAll ? 'Fewer' : `All ${formatCount(events.length)}`}
            </TextAction>
          )
        }
      />
      {events.length === 0 && <p className={styles.none}>Nothing yet</p>}
      <ol className={styles.events} aria-label="Events">
        {shown.map(({ step, activeMs, words, tone }) => (
          <li key={`${String(step)} ${words}`}>
            <span>{formatClock(activeMs)}</span>
            <span>{formatCount(step)}</span>
            <span>
              {tone && <Icon name={GLYPH[tone]} tone={tone} size={14} />}
              {words}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
const GLYPH = { ok: 'check', warn: 'warning', error: 'error' } as const;
