import { useEffect, useState } from 'react';
import { allTexts } from '../../core/documents/record';
import { withMoments } from '../../core/export/format';
import { allFormats, FORMATS } from '../../core/export/formats';
import { runInfo, withMeasurements } from '../../core/export/homegrownJson';
import { withLicences } from '../../core/export/licences';
import { modelCard } from '../../core/export/modelCard';
import { infoWithTemperature } from '../../core/export/temperature';
import { tokensAt } from '../../core/runs/segments';
import { copyText } from '../../state/copyText';
import { exportedStep } from '../../state/export';
import { modelOf } from '../../state/openRun';
import { useShownPart, useStudio } from '../../state/react';
import { comparableBest } from '../../core/runs/best';
import { chosenStep } from '../../state/trained';
import { Fold, TextAction } from '../../ui';
import { CardDialog } from './CardDialog';
import styles from './ExportPage.module.css';
import { Markdown } from './Markdown';
import type { Studio } from '../../state/slices/studio';

/** The README that each export contains, folded. Its summary says if a text has no license. */
export function ModelCard() {
  const isLicenseMissing = useStudio((s) => s.texts.some(({ licence }) => licence === null));
  return (
    <Fold className={styles.fold} summary={isLicenseMissing ? 'Model card: license missing' : 'Model card'}>
      <CardPreview />
    </Fold>
  );
}

function CardPreview() {
  const toast = useStudio((s) => s.toast);
  const card = useStudio(cardOf);
  const run = useShownPart('export', ({ record }) => record);
  const [isEditing, setEditing] = useState(false);
  const loadCardEvaluations = useStudio((s) => s.loadCardEvaluations);
  // Identifies the run and the step.
  const cardKey = useStudio(exportedStep);
  useEffect(() => void loadCardEvaluations(), [loadCardEvaluations, cardKey]);
  if (card === undefined) return <p className={styles.words}>The model card appears when the run stops or ends</p>;
  return (
    <section aria-label="Model card">
      <p className={styles.aside}>
        README.md in each export
        <TextAction label="Edit model card" onPress={() => setEditing(true)}>
          Edit…
        </TextAction>
        <TextAction label="Copy model card" onPress={() => void copyText(card, toast, { text: 'Model card copied' })}>
          Copy
        </TextAction>
      </p>
      {isEditing && run && <CardDialog run={run} onClose={() => setEditing(false)} />}
      <Markdown source={card} />
    </section>
  );
}

/** Markdown of the model card; undefined without a model. */
export function cardOf(s: Studio): string | undefined {
  const model = modelOf(s, 'export');
  const saved = model && chosenStep(model);
  if (!saved) return undefined;
  const { record: run, log } = model;
  const { step } = saved;
  const state = {
    step,
    tokensSeen: tokensAt(run.segments, run.model.config.context, step),
    activeMs: log.activeMs[log.step.indexOf(step)] ?? 0,
    best: comparableBest(model),
  };
  const events = log.evaluations.map((evaluation) => ({ kind: 'evaluated' as const, ...evaluation }));
  const measured = s.cardEvaluations?.of === exportedStep(s) ? s.cardEvaluations.measured : { evaluations: [] };
  const info = withMeasurements(withLicences(runInfo(run, state, events), allTexts(s)), measured);
  // As in the exported folder: optimizer moments belong to the untempered weights.
  return modelCard(withMoments(FORMATS.hf, s.withOptimizer) ? info : infoWithTemperature(info), allFormats());
}
