import { formatBytes, formatCount } from '../core/base/units';
import { useStudio } from '../state/react';
import { stageLines, type StageId } from '../state/stages';
import { Rail } from '../ui';
import { pathOf } from './routes';
import { useRequests, useUsage } from './vow';

export function StageRail({ current, onGo }: { current: StageId | undefined; onGo: (path: string) => void }) {
  const lines = stageLines(useStudio((s) => s));
  const usage = useUsage();
  const requests = useRequests();
  return (
    <Rail
      stages={lines.map(({ id, name, node, line }) => ({ id, href: pathOf(id), name, state: node, artefact: line }))}
      current={current ?? ''}
      onGo={({ href }) => onGo(href)}
      vow={{
        requests: formatCount(requests),
        stored: usage?.bytes === undefined ? '–' : formatBytes(usage.bytes),
        storedLabel: usage?.persistent ? 'stored, kept' : 'stored',
      }}
    />
  );
}
