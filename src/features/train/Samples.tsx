import { memo, useState } from 'react';
import { formatCount } from '../../core/base/units';
import { useShownPart } from '../../state/react';
import type { RunLog } from '../../state/runLog';
import { runSamples } from '../../state/runSamples';
import type { RunSettings } from '../../state/runSettings';
import { cx, Fold, Passage, text } from '../../ui';
import styles from './TrainPage.module.css';

/** All samples in full, newest first, to read and to copy. */
export function Samples({ settings: { recipe } }: { settings: RunSettings }) {
  const log = useShownPart('train', (run) => run.log);
  const count = useShownPart(
    'train',
    ({ log: { evaluations, sampled, shown } }) => evaluations.length + sampled.length + Number(shown !== undefined),
  );
  const [isOpen, setOpen] = useState(false);
  return (
    <Fold summary={`All samples · ${formatCount(count)}`} className={styles.more} onToggle={setOpen}>
      {isOpen && <SampleList log={log} count={count} recipe={recipe} />}
    </Fold>
  );
}

/** `count` changes when the log, which is mutated in place, has grown. */
export const SampleList = memo(function SampleList(p: { log: RunLog; count: number; recipe: RunSettings['recipe'] }) {
  return (
    <ol className={styles.samples} aria-label="Samples">
      {runSamples(p.log, p.recipe)
        .toReversed()
        .map(({ key, step, result, pieces }) => (
          <li key={key}>
            <span>
              <b>{formatCount(step)}</b>
              <small>{result}</small>
            </span>
            <p className={cx(text.prose, styles.sample)} dir="auto">
              <Passage pieces={pieces} />
            </p>
          </li>
        ))}
    </ol>
  );
});
