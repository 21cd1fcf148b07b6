import { formatBytes, formatCount } from '../../core/base/units';
import type { RunRow } from '../../protocol/data';
import { useStudio } from '../../state/react';
import { Button, Dialog } from '../../ui';

/** Confirms deleting the checkpoints of a run. */
export function DeleteCheckpointsDialog({ row, onClose }: { row: RunRow; onClose: () => void }) {
  const { id, name } = row.record;
  const freeRun = useStudio((s) => s.freeRun);
  const bytes = formatBytes(row.bytes ?? 0);
  const deleteCheckpoints = (): void => {
    onClose();
    void freeRun(id);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Delete the checkpoints of ${name}?`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="risk" onPress={deleteCheckpoints}>
            Delete {bytes}
          </Button>
        </>
      }
    >
      <p>
        This deletes all weights up to step {formatCount(row.step)} for good. You can no longer open, resume or export
        the run. Settings and curve stay.
      </p>
    </Dialog>
  );
}
