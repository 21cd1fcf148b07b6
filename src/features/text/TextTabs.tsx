import { useLocation } from 'wouter';
import { StageTabs, type StageTab } from '../../ui';

const TABS: readonly StageTab[] = [
  { id: 'library', href: '?', label: 'Library' },
  { id: 'clean', href: '?part=clean', label: 'Clean' },
];

/** Tabs of the stage. */
export function TextTabs({ current }: { current: 'library' | 'clean' }) {
  const [, go] = useLocation();
  return (
    <StageTabs
      label="Parts of Text"
      tabs={TABS}
      current={current}
      onGo={({ id }) => go(id === 'library' ? '/text' : '/text?part=clean')}
    />
  );
}
