import { formatBytes, formatCount, formatReading } from '../../core/base/units';
import { headlineOf } from '../../core/objectives';
import type { SavedStep } from '../../protocol/data';
import { PaneHead, Table, text } from '../../ui';
import styles from './RunsPage.module.css';
import type { RunView } from './view';

/** The steps of a run that are kept and can be opened. */
export function KeptSteps({ view, steps }: { view: RunView; steps: readonly SavedStep[] | undefined }) {
  const { scale, label } = headlineOf(view.objective);
  if (!steps || steps.length === 0) return null;
  const bytes = steps.reduce((sum, step) => sum + step.bytes, 0);
  return (
    <>
      <PaneHead title="Kept steps" hint={formatBytes(bytes)} />
      <div className={styles.compare}>
        <Table
          label="Kept steps"
          rows={steps.toReversed()}
          rowKey={({ step }) => String(step)}
          isDense
          columns={[
            {
              id: 'step',
              header: 'Step',
              cell: (kept) => (
                <>
                  {formatCount(kept.step)} <span className={text.ink3}>{kindOf(kept)}</span>
                </>
              ),
            },
            {
              id: 'loss',
              header: label,
              isNumber: true,
              cell: ({ loss }) => (loss === null ? '–' : formatReading(scale.of(loss))),
            },
            { id: 'bytes', header: 'Size', isNumber: true, isQuiet: true, cell: (step) => formatBytes(step.bytes) },
          ]}
        />
      </div>
    </>
  );
}

/** `latest, best`. */
function kindOf({ latest, best }: SavedStep): string {
  const words = [...(latest ? ['latest'] : []), ...(best ? ['best'] : [])];
  return words.length > 0 ? words.join(', ') : 'previous';
}
