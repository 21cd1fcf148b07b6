import { exportName } from '../../core/export/exportName';
import { piecesOf } from '../../core/objectives/shown';
import { recipeOf } from '../../core/runs/segments';
import { useShownPart } from '../../state/react';
import { chosenStep } from '../../state/trained';
import { Passage } from '../../ui';
import styles from './ExportPage.module.css';

/** Last sample of the run, as the offline page shows it; empty for a model that doesn't continue text. */
export function SamplePreview() {
  const record = useShownPart('export', (run) => run.record);
  const sample = useShownPart('export', ({ log }) => log.evaluations.at(-1)?.sample);
  const step = useShownPart('export', (run) => chosenStep(run)?.step);
  if (!record || typeof sample !== 'string' || sample === '') return null;
  return (
    <figure className={styles.preview} translate="no" aria-label="The page with the run’s last sample">
      <div>{exportName(record.name, step)}.html</div>
      <p>
        <Passage pieces={piecesOf(sample, recipeOf(record).samplePrompt)} />
      </p>
    </figure>
  );
}
