import { useState } from 'react';
import {
  Frame,
  LiveRegion,
  MenuButton,
  Rail,
  TopStrip,
  Button,
  type RailGroup,
  Toasts,
  CommandPalette,
  KeyHelp,
  useShortcuts,
  type Action,
} from '..';
import { ExportPage } from './ExportPage';
import { FailedPage } from './FailedPage';
import { FirstPage } from './FirstPage';
import { ModelPage } from './ModelPage';
import { RunsPage } from './RunsPage';
import { SheetPage } from './SheetPage';
import { TokenPage } from './TokenPage';
import { TrainPage } from './TrainPage';

const GROUPS: readonly RailGroup[] = [
  {
    name: 'Prepare',
    stages: [
      { id: 'first', href: '/first', name: 'Text', sign: 'done', line: '1 text, 1.21 M characters' },
      { id: 'tokens', href: '/tokens', name: 'Tokens & data', sign: 'done', line: '2,048 tokens', form: 'automatic' },
    ],
  },
  {
    name: 'Train',
    stages: [
      { id: 'model', href: '/model', name: 'Model', sign: 'done', line: 'GPT, 2.19 M parameters' },
      { id: 'train', href: '/train', name: 'Train', sign: 'running', line: 'step 2,640 · perplexity 85.4' },
      { id: 'runs', href: '/runs', name: 'Runs', sign: 'done', line: '5 runs' },
      { id: 'tune', href: '/tune', name: 'Teach it more', sign: 'none', form: 'door' },
    ],
  },
  {
    name: 'Use',
    stages: [
      { id: 'playground', href: '/playground', name: 'Playground', sign: 'paused', line: 'step 2,600' },
      { id: 'evaluate', href: '/evaluate', name: 'Evaluate', sign: 'stale', line: 'perplexity 116' },
      { id: 'failed', href: '/failed', name: 'Inspect', sign: 'none' },
      { id: 'export', href: '/export', name: 'Export', sign: 'failed', line: 'GGUF of step 2,600' },
    ],
  },
];
const STAGES = GROUPS.flatMap(({ stages }) => stages);

export function Gallery() {
  const [page, setPage] = useState(location.hash.slice(1) || 'sheet');
  const [isFinding, setFinding] = useState(false);
  const [isHelp, setHelp] = useState(false);
  const [toasts, setToasts] = useState([
    { id: 1, text: 'Run “hot rate” removed', detail: '79 MB', undo: () => undefined },
  ]);
  const actions: readonly Action[] = [
    { id: 'stop', label: 'Stop and save', group: 'On this page', keys: 'mod+.', run: () => undefined },
    { id: 'sample', label: 'Sample now', group: 'On this page', keys: 's', run: () => undefined },
    ...STAGES.map((stage) => ({
      id: stage.id,
      label: stage.name,
      group: 'Go to',
      hint: stage.line ?? '',
      run: () => setPage(stage.id),
    })),
    { id: 'find', label: 'Find or run a command', group: 'Everywhere', keys: 'mod+k', run: () => setFinding(true) },
    { id: 'help', label: 'All keys', group: 'Everywhere', keys: '?', run: () => setHelp(true) },
  ];
  useShortcuts(() => actions);
  return (
    <>
      <Frame
        strip={
          <TopStrip
            project={
              <MenuButton variant="plain" entries={[{ id: 'new', label: 'New project…' }]} onChoose={() => undefined}>
                Moby Dick
              </MenuButton>
            }
            device={{ label: 'Device', value: 'Apple M2', detail: 'WebGPU, f16' }}
            phase={
              page === 'failed'
                ? { label: 'Stopped', value: 'the GPU was lost at step 2,731', tone: 'error' }
                : { label: 'Training', value: 'step 2,640', detail: 'of 4,000, 46 s left' }
            }
            saved={{ label: 'Saved', value: 'step 2,600', detail: '1 s ago' }}
            progress={{ label: 'Training progress', share: 0.66, isStopped: page === 'failed' }}
            onFind={() => setFinding(true)}
            onTheme={() => {
              const root = document.documentElement;
              root.style.colorScheme = root.style.colorScheme === 'dark' ? 'light' : 'dark';
            }}
            action={
              <Button isDense icon="stop" onPress={() => undefined}>
                Stop and save
              </Button>
            }
            homeHref="/"
            onHome={() => setPage('first')}
          />
        }
        rail={
          <Rail
            groups={GROUPS}
            current={page}
            onGo={(stage) => setPage(stage.id)}
            foot={{
              promise: 'Nothing leaves this computer',
              onPromise: () => undefined,
              stored: '214 MB stored here',
            }}
          />
        }
      >
        <Page page={page} />
      </Frame>
      <CommandPalette isOpen={isFinding} onClose={() => setFinding(false)} actions={actions} />
      <KeyHelp isOpen={isHelp} onClose={() => setHelp(false)} actions={actions} />
      <Toasts
        toasts={page === 'sheet' ? toasts : []}
        onDismiss={(id) => setToasts((now) => now.filter((toast) => toast.id !== id))}
      />
      <LiveRegion message="Training" />
    </>
  );
}

function Page({ page }: { page: string }) {
  const runs = /^runs(-\d+)?(-tree)?$/.exec(page);
  if (runs) return <RunsPage count={Number(runs[1]?.slice(1) ?? 5)} isTree={runs[2] !== undefined} />;
  switch (page) {
    case 'train':
      return <TrainPage />;
    case 'failed':
      return <FailedPage />;
    case 'model':
      return <ModelPage />;
    case 'export':
      return <ExportPage />;
    case 'first':
      return <FirstPage />;
    case 'tokens':
      return <TokenPage />;
    default:
      return <SheetPage />;
  }
}
