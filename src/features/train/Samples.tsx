import { memo, useState } from 'react';
import { formatCount, formatReading } from '../../core/base/units';
import type { Scale } from '../../core/metrics/metric';
import { headlineOf, objectiveOf } from '../../core/objectives';
import { piecesOf } from '../../core/objectives/shown';
import type { RunLog } from '../../state/runLog';
import { useShownPart } from '../../state/react';
import { cx, PaneHead, Passage, text, TextAction } from '../../ui';
import type { RunSettings } from '../../state/runSettings';
import styles from './TrainPage.module.css';
import { milestones } from './milestones';

/** What is shown at every evaluation, of the same each time, newest first. */
export function Samples({ settings: { recipe } }: { settings: RunSettings }) {
  const log = useShownPart('train', (run) => run.log);
  const isMeasuring = useShownPart('train', (run) => run.log.shown !== undefined);
  const told = useShownPart('train', (run) => run.log.evaluations.length + run.log.sampled.length);
  const count = told + Number(isMeasuring);
  const [isAll, setAll] = useState(false);
  return (
    <>
      <PaneHead
        title="Samples"
        hint={objectiveOf(recipe.objective).shows.hint}
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
        isMeasuring={isMeasuring}
        prompt={recipe.samplePrompt}
        isAll={isAll}
        scale={headlineOf(recipe.objective).scale}
      />
    </>
  );
}

/** `count` and `isMeasuring` tell it when the log, which is changed in place, has grown. */
const List = memo(function List(p: {
  log: RunLog;
  count: number;
  isMeasuring: boolean;
  prompt: string;
  isAll: boolean;
  scale: Scale;
}) {
  const rows = rowsOf(p.log, p.prompt, p.scale, p.isAll);
  if (rows.length === 0) return <p className={styles.none}>The first is made before the first step</p>;
  return (
    <ol className={styles.samples} aria-label="Samples">
      {rows.map(({ key, step, remark, prompt, sample }) => (
        <li key={key}>
          <span>
            <b>{formatCount(step)}</b>
            <small>{remark}</small>
          </span>
          <p className={cx(text.prose, styles.sample)} dir="auto">
            <Passage pieces={piecesOf(sample, prompt)} />
          </p>
        </li>
      ))}
    </ol>
  );
});

/** What was asked for last stands among those that show the way; all of it where all are shown. Newest first. */
function rowsOf({ evaluations, sampled, shown }: RunLog, prompt: string, scale: Scale, isAll: boolean) {
  const told = evaluations.map(({ step, loss, sample }) => {
    return { key: String(step), step, remark: formatReading(scale.of(loss)), prompt, sample };
  });
  if (shown)
    told.push({ key: String(shown.step), step: shown.step, remark: 'not measured', prompt, sample: shown.sample });
  const asked = sampled.map((one, i) => ({ ...one, key: `asked ${i}`, remark: 'asked' }));
  const rows = isAll ? [...told, ...asked] : [...milestones(told), ...asked.slice(-1)];
  return rows.sort((a, b) => b.step - a.step);
}
