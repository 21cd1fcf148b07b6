import { useState } from 'react';
import { formatBytes, formatCount, formatReading } from '../../core/base/units';
import { headlineOf } from '../../core/objectives';
import type { SavedStep } from '../../protocol/data';
import { useStudio } from '../../state/react';
import { Block, cx, PaneHead, scroll, Table, text, TextAction } from '../../ui';
import { BudgetDialog } from './BudgetDialog';
import { intermediateWords } from './intermediateSteps';
import styles from './RunsPage.module.css';
import type { RunView } from './view';

/** Checkpoints of a run, to fork or pin. */
export function SavedSteps(p: {
  view: RunView;
  steps: readonly SavedStep[] | undefined;
  onFork: (step: number) => void;
}) {
  const { view, steps } = p;
  const { scale, label } = headlineOf(view.objective);
  const { budget } = view.row.record.keep;
  const pinStep = useStudio((s) => s.pinStep);
  const [isDialogOpen, setDialogOpen] = useState(false);
  if (!steps || steps.length === 0) return null;
  const bytes = steps.reduce((sum, step) => sum + step.bytes, 0);
  return (
    <>
      <PaneHead
        title="Checkpoints"
        hint={`${formatBytes(bytes)} of ${formatBytes(budget)}`}
        aside={<TextAction onPress={() => setDialogOpen(true)}>Storage limit…</TextAction>}
      />
      <Block>
        <p className={styles.words}>
          Always kept: best step, latest two checkpoints, pinned ones. {intermediateWords(view, steps, budget)}
        </p>
      </Block>
      <div className={cx(scroll.sideways, styles.compare)} tabIndex={0} role="group" aria-label="Checkpoints">
        <Table
          label="Checkpoints"
          rows={steps.toReversed()}
          rowKey={({ step }) => String(step)}
          isDense
          columns={[
            {
              id: 'step',
              header: 'Step',
              cell: (saved) => (
                <>
                  {formatCount(saved.step)} <span className={text.ink3}>{stepKinds(saved)}</span>
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
              id: 'acts',
              header: <span className={text.hidden}>Actions</span>,
              cell: ({ step, pinned }) => (
                <span className={text.row}>
                  <TextAction label={`Fork step ${formatCount(step)}`} onPress={() => p.onFork(step)}>
                    Fork…
                  </TextAction>
                  <TextAction
                    label={`${pinned ? 'Unpin' : 'Pin'} step ${formatCount(step)}`}
                    onPress={() => void pinStep(view.id, step, !pinned)}
                  >
                    {pinned ? 'Unpin' : 'Pin'}
                  </TextAction>
                </span>
              ),
            },
          ]}
        />
      </div>
      {isDialogOpen && <BudgetDialog view={view} steps={steps} onClose={() => setDialogOpen(false)} />}
    </>
  );
}

/** Why a checkpoint is saved: `latest, best`. */
function stepKinds({ latest, best, pinned, light }: SavedStep): string {
  const words = [
    ...(latest ? ['latest'] : []),
    ...(best ? ['best'] : []),
    ...(pinned ? ['pinned'] : []),
    ...(light ? ['weights only'] : []),
  ];
  return words.length > 0 ? words.join(', ') : 'previous';
}

/** `Step 2,400, latest, best`. */
export const stepWords = (step: SavedStep): string => `Step ${formatCount(step.step)}, ${stepKinds(step)}`;
