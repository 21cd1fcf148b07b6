import { useLocation } from 'wouter';
import { StageTabs, type StageTab } from '../../ui';

const TABS: readonly StageTab[] = [
  { id: 'tokens', href: '?', label: 'Tokens' },
  { id: 'data', href: '?part=data', label: 'Data' },
];

/** Tabs of the stage. */
export function TokensTabs({ current }: { current: 'tokens' | 'data' }) {
  const [, go] = useLocation();
  return (
    <StageTabs
      label="Parts of Tokens & data"
      tabs={TABS}
      current={current}
      onGo={({ id }) => go(id === 'tokens' ? '/tokens' : '/tokens?part=data')}
    />
  );
}
