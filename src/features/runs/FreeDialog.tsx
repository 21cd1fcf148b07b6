import { formatBytes, formatCount } from '../../core/base/units';
import type { RunRow } from '../../protocol/data';
import { useStudio } from '../../state/react';
import { Button, Dialog } from '../../ui';

/** What goes and what stays, before anything goes. */
export function FreeDialog({ row, onClose }: { row: RunRow; onClose: () => void }) {
  const { id, name } = row.record;
  const freeRun = useStudio((s) => s.freeRun);
  const bytes = formatBytes(row.bytes ?? 0);
  const free = (): void => {
    onClose();
    void freeRun(id);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Free the saved steps of ${name}?`}
      actions={
        <>
          <Button onPress={onClose}>Keep them</Button>
          <Button variant="risk" onPress={free}>
            Free {bytes}
          </Button>
        </>
      }
    >
      <p>
        {bytes} come free. Its settings and its curve stay. Its weights at step {formatCount(row.step)} and before go
        for good: it can then not be opened, resumed or exported.
      </p>
    </Dialog>
  );
}
