import { useMemo } from 'react';
import { type Piece, piecesOf } from '../../core/objectives/shown';
import { recipeOf } from '../../core/runs/segments';
import { useRunLog } from '../../state/useOfRun';
import { isLong, runSamples } from '../../state/runSamples';
import { cx, earlyPlace, PaneHead, Passage, Reel, Swatch, text, useReel } from '../../ui';
import styles from './RunsPage.module.css';
import type { RunView } from './view';

/** Samples of a run with a scrubber, then those at the last evaluation of the run and of the compared run. */
export function RunSamples({ view, other }: { view: RunView; other: RunView | undefined }) {
  const pair = other ? [other, view] : [];
  const withSamples = pair.filter(({ row }) => row.curve && row.curve.sample !== '');
  return (
    <>
      <RunReel key={view.id} view={view} />
      {withSamples.length > 0 && <LastSamples views={withSamples} />}
    </>
  );
}

const isGenerated = ({ text: words, is }: Piece): boolean => is !== 'given' && words !== '';

/** Replays the samples of a run, from first to last. */
function RunReel({ view }: { view: RunView }) {
  const log = useRunLog(view.row);
  const { objective, samplePrompt } = recipeOf(view.row.record);
  const samples = useMemo(
    () => (log ? runSamples(log, { objective, samplePrompt }) : []).filter(({ pieces }) => pieces.some(isGenerated)),
    [log, objective, samplePrompt],
  );
  const state = useReel(samples.length);
  const last = samples.at(-1);
  if (!last) return null;
  const lastPlace = Math.max(earlyPlace(last.step), 1e-9);
  return (
    <>
      <PaneHead title="Samples by step" />
      <div className={styles.reel}>
        <Reel
          samples={samples}
          state={state}
          place={(step) => earlyPlace(step) / lastPlace}
          form={isLong(log?.evaluations.at(-1)?.sample) ? 'long' : 'compact'}
        />
      </div>
    </>
  );
}

function LastSamples({ views }: { views: readonly RunView[] }) {
  return (
    <>
      <PaneHead title="Last samples" hint="at the last evaluation" />
      <ol className={styles.samples} aria-label="Last samples">
        {views.map(({ id, hue, row }) => {
          const { samplePrompt } = recipeOf(row.record);
          return (
            <li key={id}>
              <Swatch run={hue} />
              <p className={cx(text.prose, styles.sample)} translate="no">
                <Passage pieces={piecesOf(row.curve!.sample, samplePrompt)} />
              </p>
            </li>
          );
        })}
      </ol>
    </>
  );
}
