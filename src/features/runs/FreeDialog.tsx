import { formatBytes, formatCount } from '../../core/base/units';
import type { KeptRun } from '../../core/runs/kept';
import { useStudio } from '../../state/react';
import { Button, Dialog } from '../../ui';

/** What goes and what stays, before anything goes. */
export function FreeDialog({ run, onClose }: { run: KeptRun; onClose: () => void }) {
  const freeRun = useStudio((s) => s.freeRun);
  const bytes = formatBytes(run.bytes ?? 0);
  const free = (): void => {
    onClose();
    void freeRun(run.id);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Free the saved steps of ${run.name}?`}
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
        {bytes} come free. Its settings and its curve stay. Its weights at step {formatCount(run.step)} and before go
        for good: it can then not be brought back, resumed or exported.
      </p>
    </Dialog>
  );
}
