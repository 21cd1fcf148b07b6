import { useRouter } from 'wouter';
import { useEvaluation, useRuns, useStudio, useStudioFields } from '../state/react';
import { isTraining } from '../state/openRun';
import { hasOwnData, sizeStored } from '../state/privacy';
import type { Stage } from '../state/stage';
import { Rail, TextAction } from '../ui';
import { openNewer } from './offline';
import { pathOf } from './routes';
import { GROUPS, isListed, STAGES } from './stages';

/** Rail of all stages, with their signs, the privacy promise, and the offer of a newer version. */
export function StageRail(p: { current: Stage | undefined; onGo: (path: string) => void; onPrivacy: () => void }) {
  useRuns();
  useEvaluation();
  const signs = useStudioFields((s) => STAGES.map((stage) => stage.state(s).sign));
  const lines = useStudioFields((s) => STAGES.map((stage) => stage.state(s).line));
  const listed = useStudioFields((s) => STAGES.map((stage) => isListed(stage, s)));
  const hasNewer = useStudio((s) => s.hasNewer);
  const stored = useStudio((s) => (hasOwnData(s) ? s.usage?.bytes : undefined));
  const { base } = useRouter();
  const entry = (stage: Stage) => {
    const index = STAGES.indexOf(stage);
    const { id, name, form } = stage;
    return { id, href: base + pathOf(stage), name, form, sign: signs[index]!, line: lines[index] };
  };
  return (
    <Rail
      groups={GROUPS.map(({ name, stages }) => ({
        name,
        stages: stages.filter((stage) => listed[STAGES.indexOf(stage)] || stage === p.current).map(entry),
      }))}
      current={p.current?.id ?? ''}
      onGo={({ id }) => p.onGo(`/${id}`)}
      foot={{
        promise: 'Nothing leaves this computer',
        onPromise: p.onPrivacy,
        stored: stored === undefined ? undefined : `${sizeStored(stored)} stored here`,
      }}
      news={hasNewer ? <NewerVersion /> : undefined}
    />
  );
}

/** A training run needs its page, so the offer waits for its end. */
function NewerVersion() {
  const isRunning = useStudio(isTraining);
  return (
    <>
      A newer version is ready. It opens once all tabs with this version are closed
      {!isRunning && (
        <>
          , or <TextAction onPress={openNewer}>open it now</TextAction>
        </>
      )}
    </>
  );
}
