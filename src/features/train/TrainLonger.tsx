import { useState } from 'react';
import { formatCount, formatDuration } from '../../core/base/units';
import { useShownPart, useStudio } from '../../state/react';
import { Button, Dialog, NumberField } from '../../ui';
import styles from './TrainPage.module.css';

/** Sets the total number of steps; the schedule is stretched to it. */
export function TrainLonger(p: { isOpen: boolean; onClose: () => void; done: number; planned: number }) {
  const resume = useStudio((s) => s.resume);
  const stepMs = useShownPart('train', ({ log }) => {
    const last = log.step.length - 1;
    return last < 0 ? undefined : log.activeMs[last]! / log.step[last]!;
  });
  const [steps, setSteps] = useState<number>();
  const totalSteps = steps ?? 2 * Math.max(p.done, p.planned);
  const more = Math.max(0, totalSteps - p.done);
  const time = stepMs === undefined ? '' : `, about ${formatDuration(stepMs * more)}`;
  const go = (): void => {
    p.onClose();
    void resume(totalSteps);
  };
  return (
    <Dialog
      isOpen={p.isOpen}
      onClose={p.onClose}
      title="Train longer"
      actions={
        <>
          <Button onPress={p.onClose}>Cancel</Button>
          <Button variant="go" onPress={go}>
            Train {formatCount(more)} more {more === 1 ? 'step' : 'steps'}
          </Button>
        </>
      }
    >
      <NumberField
        label="Total steps"
        value={totalSteps}
        onChange={setSteps}
        min={p.done + 1}
        max={1e9}
        step={100}
        isWhole
        hint={`${formatCount(more)} more${time}`}
      />
      <p className={styles.note}>
        Training continues from step {formatCount(p.done)}. The learning rate follows the longer schedule, so it may
        rise at first.
      </p>
    </Dialog>
  );
}
