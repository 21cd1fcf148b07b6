import { useStudioFields, useStudioStore } from '../state/react';
import { Button, useHeldFocus } from '../ui';
import { runAction } from './runAction';

/** Stop while something runs, Resume on other pages while a run is paused, else nothing. Never the filled button. */
export function StripAction({ onGo, isTrain }: { onGo: (path: string) => void; isTrain: boolean }) {
  const store = useStudioStore();
  const { run: _, ...action } = useStudioFields((s) => ({ ...runAction(s), run: undefined }));
  const isShown = action.kind === 'stop' || (action.label === 'Resume' && !isTrain);
  useHeldFocus(isShown);
  if (!isShown) return null;
  return (
    <Button
      isDense
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
