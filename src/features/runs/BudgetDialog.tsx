import { useState } from 'react';
import { formatBytes } from '../../core/base/units';
import type { SavedStep } from '../../protocol/data';
import { useStudio } from '../../state/react';
import { Button, Dialog, NumberField } from '../../ui';
import { deletionWords, intermediateWords } from './intermediateSteps';
import styles from './RunsPage.module.css';
import type { RunView } from './view';

/** Sets how much storage the checkpoints of a run may use. */
export function BudgetDialog(p: { view: RunView; steps: readonly SavedStep[]; onClose: () => void }) {
  const { view, steps, onClose } = p;
  const setBudget = useStudio((s) => s.setBudget);
  const [megabytes, setMegabytes] = useState(Math.round(view.row.record.keep.budget / 1e6));
  const save = (): void => {
    onClose();
    void setBudget(view.id, 1e6 * megabytes);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Checkpoint storage limit for ${view.name}`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="go" onPress={save}>
            Allow {formatBytes(1e6 * megabytes)}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <NumberField
          label="Storage limit"
          unit="MB"
          min={0}
          max={1e6}
          step={64}
          isWhole
          value={megabytes}
          onChange={setMegabytes}
        />
        <p>Always kept: best step, latest two checkpoints, pinned ones. Others are deleted, the earliest first.</p>
        <p>
          {deletionWords(steps, 1e6 * megabytes)}
          {intermediateWords(view, steps, 1e6 * megabytes)}
        </p>
      </div>
    </Dialog>
  );
}
