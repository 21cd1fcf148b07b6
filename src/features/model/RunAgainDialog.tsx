import { useLocation } from 'wouter';
import { useShownPart, useStudio } from '../../state/react';
import { Button, Dialog } from '../../ui';

/** Asks before a run is started with settings that already ran. */
export function RunAgainDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [, go] = useLocation();
  const name = useShownPart('train', ({ record }) => record?.name);
  const start = useStudio((s) => s.start);
  const closeAndOpenTrain = (): void => {
    onClose();
    go('/train');
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Train ${name} longer, or run it again?`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            onPress={() => {
              void start();
              closeAndOpenTrain();
            }}
          >
            Run again
          </Button>
          <Button variant="go" onPress={closeAndOpenTrain}>
            Train longer…
          </Button>
        </>
      }
    >
      <p>{name} already ran with these settings. A second run gives the same model.</p>
    </Dialog>
  );
}
