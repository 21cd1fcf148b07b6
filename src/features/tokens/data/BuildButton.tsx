import { dataState } from '../../../state/preparation';
import { useStudio } from '../../../state/react';
import { isTraining } from '../../../state/openRun';
import { timed } from '../../../state/timed';
import { buildTime } from '../../../state/workTime';
import { Button } from '../../../ui';

/** Builds or rebuilds the data with everything that it needs, or cancels the build. */
export function BuildButton({ isMain = false }: { isMain?: boolean }) {
  const tokenizing = useStudio((s) => s.tokenizing);
  const building = useStudio((s) => s.building);
  const state = useStudio(dataState);
  const hasText = useStudio((s) => s.texts.length > 0);
  const isRunning = useStudio(isTraining);
  const prepare = useStudio((s) => s.prepare);
  const time = useStudio((s) => (state === 'done' ? undefined : buildTime(s)));
  const busy = [tokenizing, building].find((work) => work.kind === 'busy');
  const width = 118;
  if (busy?.kind === 'busy') {
    return (
      <Button isDense icon="stop" minWidth={width} onPress={busy.stop}>
        Cancel
      </Button>
    );
  }
  const reason = !hasText
    ? 'Add text first'
    : state === 'done'
      ? 'Already up to date'
      : isRunning
        ? 'A run is in progress'
        : undefined;
  return (
    <Button
      isDense
      variant={isMain ? 'go' : 'default'}
      {...(state !== 'none' && { icon: 'retry' })}
      minWidth={width}
      onPress={() => void prepare()}
      disabledReason={reason}
    >
      {timed(state === 'none' ? 'Build tokens' : 'Rebuild', time)}
    </Button>
  );
}
