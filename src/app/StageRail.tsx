import { useRouter } from 'wouter';
import { formatBytes, formatCount } from '../core/base/units';
import type { Offline } from '../state/privacy';
import { useEvaluation, useRuns, useStudio, useStudioFields } from '../state/react';
import { isTraining } from '../state/openRun';
import type { Stage } from '../state/stage';
import { Rail, TextAction } from '../ui';
import { openNewer } from './offline';
import { pathOf } from './routes';
import { useUsage } from './privacyPromise';
import { STAGES } from './stages';

export function StageRail({ current, onGo }: { current: Stage | undefined; onGo: (path: string) => void }) {
  useRuns();
  useEvaluation();
  const nodes = useStudioFields((s) => STAGES.map((stage) => stage.state(s).node));
  const lines = useStudioFields((s) => STAGES.map((stage) => stage.state(s).line));
  const { requests, offline, hasNewer } = useStudioFields(({ requests, offline, hasNewer }) => ({
    requests,
    offline,
    hasNewer,
  }));
  const usage = useUsage();
  const { base } = useRouter();
  return (
    <Rail
      stages={STAGES.map((stage, i) => ({
        id: stage.id,
        href: base + pathOf(stage),
        name: stage.name,
        state: nodes[i]!,
        artefact: lines[i]!,
      }))}
      current={current?.id ?? ''}
      onGo={({ id }) => onGo(`/${id}`)}
      promise={{
        title: 'Nothing leaves this machine',
        readings: [
          { label: 'requests elsewhere', value: formatCount(requests.elsewhere) },
          { label: 'to its own address', value: formatCount(requests.own) },
          { label: 'works offline', value: offlineWords(offline) },
          {
            label: usage?.persistent ? 'stored, kept' : 'stored',
            value: usage?.bytes === undefined ? '–' : formatBytes(usage.bytes),
          },
        ],
        ...(hasNewer
          ? { news: <Newer /> }
          : offline.kind === 'to be asked' && {
              news: <TextAction onPress={offline.keep}>Make Homegrown available offline</TextAction>,
            }),
      }}
    />
  );
}

function offlineWords(offline: Offline): string {
  switch (offline.kind) {
    case 'not here':
      return 'no';
    case 'to be asked':
      return 'no, to save data';
    case 'keeping':
      return offline.hasCore ? `training, ${formatBytes(offline.bytes)} of ${formatBytes(offline.of)}` : 'not yet';
    case 'kept':
      return `everything, ${formatBytes(offline.bytes)}`;
    default:
      return offline satisfies never;
  }
}

/** A run keeps its page, so that the offer waits for its end. */
function Newer() {
  const isRunning = useStudio(isTraining);
  return (
    <>
      A newer version is here. It opens when all tabs of this one are closed
      {!isRunning && (
        <>
          , or <TextAction onPress={openNewer}>open it now</TextAction>
        </>
      )}
    </>
  );
}
