import { Fragment, lazy, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useLocation, useRouter } from 'wouter';
import { RunAgainDialog } from '../features/model/RunAgainDialog';
import { MarkupDialog } from '../features/text/MarkupDialog';
import { useStudio, useStudioStore } from '../state/react';
import {
  type Action,
  CommandPalette,
  type DroppedFile,
  focusHeading,
  Frame,
  type Glossary,
  GlossaryContext,
  KeyHelp,
  Toasts,
  useShortcuts,
} from '../ui';
import { DeleteEverything } from './DeleteEverything';
import { commands, KEYS_OF_CONTROLS, termActions } from './commands';
import { receive, useWindowDrop } from './dropped';
import { useEffects } from './effects';
import { Notices } from './Notices';
import { PageBoundary } from './PageBoundary';
import { NotFound, PageFailure } from './PageFailure';
import { title } from './phase';
import { PrivacyDialog } from './PrivacyDialog';
import { pageOf, stageAt } from './routes';
import { hasSingleKeys, setSingleKeys } from './singleKeys';
import { StageRail } from './StageRail';
import { Strip } from './Strip';
import { Announcements } from './Announcements';

/** Hardly anybody sees it, so the first page does without its code. */
const UnreadableDialog = lazy(() =>
  import('./UnreadableDialog').then((module) => ({ default: module.UnreadableDialog })),
);

/** The frame around every stage: strip, rail, page, palette, notes, and the one voice. */
export function App() {
  const [path, go] = useLocation();
  const store = useStudioStore();
  const [overlay, setOverlay] = useState<'palette' | 'help' | 'unreadable' | 'privacy' | 'everything' | 'again'>();
  const [isRenaming, setRenaming] = useState(false);
  const projectId = useStudio((s) => s.project.id);
  const [singleKeys, setKeys] = useState(hasSingleKeys);
  const stage = stageAt(path);
  const name = stage?.name ?? 'Not found';
  const place = projectId + path;

  useEffects(store);
  useDocumentTitle(useStudio((s) => title(s, name)));
  const onFiles = (files: readonly DroppedFile[]): void =>
    void receive(store, files).then((id) => {
      if (id !== stage?.id) go(`/${id}`);
    });
  const onUnread = (detail: string): void => {
    store.getState().toast({ text: "Some dropped files couldn't be read", detail });
  };
  useWindowDrop(onFiles, onUnread, () => stage?.takesDrops?.(store.getState()) === true);
  const shell = { go, rename: () => setRenaming(true), deleteEverything: () => setOverlay('everything') };
  /** Lists the available actions. A training run changes them ten times a second, so they are computed on request. */
  const actions = (): readonly Action[] =>
    commands(store.getState(), store, {
      ...shell,
      stage,
      openPalette: () => setOverlay('palette'),
      openHelp: () => setOverlay('help'),
      openUnreadable: () => setOverlay('unreadable'),
      openPrivacy: () => setOverlay('privacy'),
      askToRunAgain: () => setOverlay('again'),
      hasSingleKeys: singleKeys,
      toggleSingleKeys: () => {
        setKeys(!singleKeys);
        setSingleKeys(!singleKeys);
      },
    });
  useShortcuts(actions, singleKeys);
  useStudio((s) => (overlay === 'palette' || overlay === 'help' ? s : null)); // they list current actions

  return (
    <GlossaryContext value={useGlossary(stage?.id, go)}>
      <Frame
        strip={
          <Strip
            project={{ ...shell, isRenaming, onRename: setRenaming }}
            onFind={() => setOverlay('palette')}
            onGo={go}
            isTrain={stage?.id === 'train'}
          />
        }
        rail={<StageRail current={stage} onGo={go} onPrivacy={() => setOverlay('privacy')} />}
        notices={<Notices onShow={() => setOverlay('unreadable')} />}
      >
        <PageBoundary place={place} fallback={(failure) => <PageFailure title={name} failure={failure} />}>
          <Fragment key={stage?.staysOpen ? path : place}>
            <Suspense>
              {stage ? (
                pageOf(stage, { onFiles, onPrivacy: () => setOverlay('privacy') })
              ) : (
                <NotFound path={path} onHome={() => go('/text')} />
              )}
              <FocusHeading place={place} />
            </Suspense>
          </Fragment>
        </PageBoundary>
      </Frame>
      <CommandPalette
        isOpen={overlay === 'palette'}
        onClose={() => setOverlay(undefined)}
        actions={overlay === 'palette' ? [...actions(), ...termActions(go)] : NONE}
      />
      <KeyHelp
        isOpen={overlay === 'help'}
        onClose={() => setOverlay(undefined)}
        actions={overlay === 'help' ? [...actions(), ...KEYS_OF_CONTROLS] : NONE}
      />
      {overlay === 'unreadable' && (
        <Suspense fallback={null}>
          <UnreadableDialog onClose={() => setOverlay(undefined)} />
        </Suspense>
      )}
      <PrivacyDialog
        isOpen={overlay === 'privacy'}
        onClose={() => setOverlay(undefined)}
        onDelete={shell.deleteEverything}
      />
      <RunAgainDialog isOpen={overlay === 'again'} onClose={() => setOverlay(undefined)} />
      <DeleteEverything isOpen={overlay === 'everything'} onClose={() => setOverlay(undefined)} />
      <MarkupDialog />
      <Notes />
      <Announcements />
    </GlossaryContext>
  );
}

const NONE: readonly Action[] = [];

/** Values that terms show for the run of the page, and the link to all terms. */
function useGlossary(page: string | undefined, go: (path: string) => void): Glossary {
  const store = useStudioStore();
  const { base } = useRouter();
  return useMemo(() => {
    const path = (id: string): string => `/glossary?term=${id}`;
    return {
      numbers: async () => (await import('../state/runNumbers')).runNumbers(store.getState(), page),
      href: (id) => base + path(id),
      onAll: (id) => go(path(id)),
    };
  }, [store, base, page, go]);
}

function Notes() {
  const toasts = useStudio((s) => s.toasts);
  const dismiss = useStudio((s) => s.dismiss);
  const [, go] = useLocation();
  const entries = toasts.map(({ action, ...toast }) => ({
    ...toast,
    ...(action && {
      action: {
        label: action.label,
        run: () => {
          action.run();
          go(action.path);
        },
      },
    }),
  }));
  return <Toasts toasts={entries} onDismiss={dismiss} />;
}

function useDocumentTitle(words: string): void {
  useEffect(() => {
    document.title = words;
  }, [words]);
}

let isFirstPage = true;

/** Opening a stage moves the focus to its heading, except for the first one: the browser has just read the title. */
function FocusHeading({ place }: { place: string }) {
  const shown = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    if (isFirstPage) {
      isFirstPage = false;
      return;
    }
    focusHeading();
    scrollTo(0, 0);
  }, [place]);
  return null;
}
