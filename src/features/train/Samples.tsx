import { memo, useState } from 'react';
import { formatCount, formatReading } from '../../core/base/units';
import type { Scale } from '../../core/metrics/metric';
import { headlineOf } from '../../core/objectives';
import type { RunLog } from '../../state/runLog';
import { useShownPart } from '../../state/react';
import { cx, PaneHead, text, TextAction } from '../../ui';
import type { RunSettings } from '../../state/runSettings';
import styles from './TrainPage.module.css';
import { milestones } from './milestones';

/** The same prompt continued at every evaluation, newest first. */
export function Samples({ settings: { recipe } }: { settings: RunSettings }) {
  const log = useShownPart('train', (run) => run.log);
  const count = useShownPart('train', (run) => run.log.evaluations.length);
  const [isAll, setAll] = useState(false);
  return (
    <>
      <PaneHead
        title="Samples"
        hint="same prompt, same seed"
        aside={
          count > 4 && (
            <TextAction
              onPress={() => setAll(!isAll)}
              label={isAll ? 'Fewer samples' : `All ${formatCount(count)} samples`}
            >
              {isAll ? 'Fewer' : `All ${formatCount(count)}`}
            </TextAction>
          )
        }
      />
      <List
        log={log}
        count={count}
        prompt={recipe.samplePrompt}
        isAll={isAll}
        scale={headlineOf(recipe.objective).scale}
      />
    </>
  );
}

/** `count` tells it when the log, which is changed in place, has grown. */
const List = memo(function List(p: { log: RunLog; count: number; prompt: string; isAll: boolean; scale: Scale }) {
  const { evaluations } = p.log;
  const rows = p.isAll ? evaluations.toReversed() : milestones(evaluations);
  if (rows.length === 0) return <p className={styles.none}>The first is written before the first step</p>;
  return (
    <ol className={styles.samples} aria-label="Samples">
      {rows.map(({ step, loss, sample }) => (
        <li key={step}>
          <span>
            <b>{formatCount(step)}</b>
            <small>{formatReading(p.scale.of(loss))}</small>
          </span>
          <p className={cx(text.prose, styles.sample)}>
            {sample.startsWith(p.prompt) ? (
              <>
                <span className={styles.prompt}>{p.prompt}</span>
                {sample.slice(p.prompt.length)}
              </>
            ) : (
              sample
            )}
          </p>
        </li>
      ))}
    </ol>
  );
});
