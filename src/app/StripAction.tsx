import { otherSettings } from '../state/otherSettings';
import { useStudio, useStudioFields, useStudioStore } from '../state/react';
import { Button } from '../ui';
import { runAction } from './runAction';

/** Start training, Stop and save, Resume: what the state allows, in one place and one width. */
export function StripAction({ onGo, isQuiet }: { onGo: (path: string) => void; isQuiet: boolean }) {
  const store = useStudioStore();
  const differs = useStudio((s) => otherSettings(s).length > 0);
  const { run: _, ...action } = useStudioFields((s) => ({ ...runAction(s), run: undefined }));
  return (
    <Button
      isDense
      // Where settings differ it is not the one way on.
      variant={action.kind === 'start' && !isQuiet && !differs && action.reason === undefined ? 'go' : 'default'}
      icon={action.kind === 'stop' ? 'stop' : 'play'}
      minWidth={128}
      disabledReason={action.reason}
      onPress={() => {
        runAction(store.getState()).run();
        if (action.kind === 'start') onGo('/train');
      }}
    >
      {action.label}
    </Button>
  );
}
