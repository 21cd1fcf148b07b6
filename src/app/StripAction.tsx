import { useStudio } from '../state/react';
import { Button } from '../ui';
import { runAction } from './runAction';

/** Start training, Stop and save, Resume: what the state allows, in one place and one width. */
export function StripAction({ onGo, isQuiet }: { onGo: (path: string) => void; isQuiet: boolean }) {
  const studio = useStudio((s) => s);
  const action = runAction(studio);
  return (
    <Button
      isDense
      variant={action.kind === 'start' && !isQuiet && action.reason === undefined ? 'go' : 'default'}
      icon={action.kind === 'stop' ? 'stop' : 'play'}
      minWidth={128}
      disabledReason={action.reason}
      onPress={() => {
        action.run();
        if (action.kind === 'start') onGo('/train');
      }}
    >
      {action.label}
    </Button>
  );
}
