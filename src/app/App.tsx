import { Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { MarkupDialog } from '../features/text/MarkupDialog';
import { useStudio, useStudioStore } from '../state/react';
import type { Stage } from '../state/stage';
import type { Studio } from '../state/studio';
import { CommandPalette, focusHeading, Frame, KeyHelp, Toasts, useShortcuts } from '../ui';
import { DeleteEverything } from './DeleteEverything';
import { commands, KEYS_OF_CONTROLS } from './commands';
import { receive, useWindowDrop } from './dropped';
import { useEffects } from './effects';
import { Notices } from './Notices';
import { PageBoundary } from './PageBoundary';
import { NotFound, PageFailure } from './PageFailure';
import { title } from './phase';
import { pageOf, stageAt } from './routes';
import { hasSingleKeys, setSingleKeys } from './singleKeys';
import { StageRail } from './StageRail';
import { Strip } from './Strip';
import { UnreadableDialog } from './UnreadableDialog';
import { Announcements } from './Announcements';

/** The frame around every stage: strip, rail, page, palette, notes, and the one voice. */
export function App() {
  const [path, go] = useLocation();
  const store = useStudioStore();
  const studio = useStudio((s) => s);
  const [overlay, setOverlay] = useState<'palette' | 'help' | 'unreadable' | 'everything'>();
  const [isRenaming, setRenaming] = useState(false);
  const projectId = useStudio((s) => s.project.id);
  const [singleKeys, setKeys] = useState(hasSingleKeys);
  const stage = stageAt(path);
  const name = stage?.name ?? 'Not found';

  useEffects(store);
  useDocumentTitle(title(studio, name));
  useWindowDrop((files) => void receive(store, files).then((id) => go(`/${id}`)), stage?.takesDrops === true);
  const shell = { go, rename: () => setRenaming(true), deleteEverything: () => setOverlay('everything') };
  const actions = commands(studio, store, {
    ...shell,
    stage,
    openPalette: () => setOverlay('palette'),
    openHelp: () => setOverlay('help'),
    openUnreadable: () => setOverlay('unreadable'),
    hasSingleKeys: singleKeys,
    toggleSingleKeys: () => {
      setKeys(!singleKeys);
      setSingleKeys(!singleKeys);
    },
  });
  useShortcuts(actions, singleKeys);

  return (
    <>
      <Frame
        strip={
          <Strip
            project={{ ...shell, isRenaming, onRename: setRenaming }}
            onFind={() => setOverlay('palette')}
            onGo={go}
            isQuiet={stage !== undefined && hasMainButton(stage, studio)}
          />
        }
        rail={<StageRail current={stage} onGo={go} />}
        notices={<Notices onShow={() => setOverlay('unreadable')} />}
      >
        <PageBoundary key={projectId + path} fallback={(failure) => <PageFailure title={name} failure={failure} />}>
          <Suspense>
            {stage ? pageOf(stage) : <NotFound path={path} onHome={() => go('/text')} />}
            <FocusHeading path={projectId + path} />
          </Suspense>
        </PageBoundary>
      </Frame>
      <CommandPalette isOpen={overlay === 'palette'} onClose={() => setOverlay(undefined)} actions={actions} />
      <KeyHelp
        isOpen={overlay === 'help'}
        onClose={() => setOverlay(undefined)}
        actions={[...actions, ...KEYS_OF_CONTROLS]}
      />
      <UnreadableDialog isOpen={overlay === 'unreadable'} onClose={() => setOverlay(undefined)} />
      <DeleteEverything isOpen={overlay === 'everything'} onClose={() => setOverlay(undefined)} />
      <MarkupDialog />
      <Toasts toasts={studio.toasts} onDismiss={studio.dismiss} />
      <Announcements />
    </>
  );
}

const hasMainButton = ({ action, hasMainButton }: Stage, studio: Studio): boolean =>
  action !== undefined || hasMainButton?.(studio) === true;

function useDocumentTitle(words: string): void {
  useEffect(() => {
    document.title = words;
  }, [words]);
}

let isFirstPage = true;

/** After going to a stage, reading goes on at its heading. Not at the first one: the browser has just read the title. */
function FocusHeading({ path }: { path: string }) {
  const shown = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    if (isFirstPage) {
      isFirstPage = false;
      return;
    }
    focusHeading();
    scrollTo(0, 0);
  }, [path]);
  return null;
}
