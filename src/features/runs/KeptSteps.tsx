import { useState } from 'react';
import { formatBytes, formatCount, formatReading } from '../../core/base/units';
import { headlineOf } from '../../core/objectives';
import type { SavedStep } from '../../protocol/data';
import { useStudio } from '../../state/react';
import { PaneHead, Table, text, TextAction } from '../../ui';
import { BudgetDialog } from './BudgetDialog';
import styles from './RunsPage.module.css';
import type { RunView } from './view';

/** The steps of a run that are kept and can be opened. */
export function KeptSteps({ view, steps }: { view: RunView; steps: readonly SavedStep[] | undefined }) {
  const { scale, label } = headlineOf(view.objective);
  const { budget } = view.row.record.keep;
  const pinStep = useStudio((s) => s.pinStep);
  const [isAsking, setAsking] = useState(false);
  if (!steps || steps.length === 0) return null;
  const bytes = steps.reduce((sum, step) => sum + step.bytes, 0);
  return (
    <>
      <PaneHead
        title="Kept steps"
        hint={`${formatBytes(bytes)} of at most ${formatBytes(budget)}`}
        aside={<TextAction onPress={() => setAsking(true)}>Budget…</TextAction>}
      />
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
              leaveOut: 'narrow',
              cell: ({ loss }) => (loss === null ? '–' : formatReading(scale.of(loss))),
            },
            { id: 'bytes', header: 'Size', isNumber: true, isQuiet: true, cell: (step) => formatBytes(step.bytes) },
            {
              id: 'pin',
              header: <span className={text.hidden}>Pin</span>,
              cell: ({ step, pinned }) => (
                <TextAction
                  label={`${pinned ? 'Unpin' : 'Pin'} step ${formatCount(step)}`}
                  onPress={() => void pinStep(view.id, step, !pinned)}
                >
                  {pinned ? 'Unpin' : 'Pin'}
                </TextAction>
              ),
            },
          ]}
        />
      </div>
      {isAsking && <BudgetDialog view={view} onClose={() => setAsking(false)} />}
    </>
  );
}

/** `latest, best`. */
function kindOf({ latest, best, pinned, light }: SavedStep): string {
  const words = [
    ...(latest ? ['latest'] : []),
    ...(best ? ['best'] : []),
    ...(pinned ? ['pinned'] : []),
    ...(light ? ['light'] : []),
  ];
  return words.length > 0 ? words.join(', ') : 'previous';
}
