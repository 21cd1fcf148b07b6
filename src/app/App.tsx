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

/** Loaded on demand: it is shown only if a stored record can't be read. */
const UnreadableDialog = lazy(() =>
  import('./UnreadableDialog').then((module) => ({ default: module.UnreadableDialog })),
);

type Overlay = 'palette' | 'help' | 'unreadable' | 'privacy' | 'everything' | 'again';

/** The frame around every stage: strip, rail, page, palette, dialogs, toasts, and announcements for screen readers. */
export function App() {
  const [path, go] = useLocation();
  const store = useStudioStore();
  const [overlay, setOverlay] = useState<Overlay>();
  const [isRenaming, setRenaming] = useState(false);
  const projectId = useStudio((s) => s.project.id);
  const [areSingleKeysOn, toggleSingleKeys] = useSingleKeys();
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
      hasSingleKeys: areSingleKeysOn,
      toggleSingleKeys,
    });
  useShortcuts(actions, areSingleKeysOn);
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
      <Overlays
        overlay={overlay}
        actions={actions}
        onClose={() => setOverlay(undefined)}
        onDelete={shell.deleteEverything}
      />
      <MarkupDialog />
      <Notes />
      <Announcements />
    </GlossaryContext>
  );
}

/** Palette and dialogs of the frame; at most one is open. */
function Overlays(p: {
  overlay: Overlay | undefined;
  actions: () => readonly Action[];
  onClose: () => void;
  onDelete: () => void;
}) {
  const [, go] = useLocation();
  const isOpen = (overlay: Overlay): boolean => p.overlay === overlay;
  return (
    <>
      <CommandPalette
        isOpen={isOpen('palette')}
        onClose={p.onClose}
        actions={isOpen('palette') ? [...p.actions(), ...termActions(go)] : NONE}
      />
      <KeyHelp
        isOpen={isOpen('help')}
        onClose={p.onClose}
        actions={isOpen('help') ? [...p.actions(), ...KEYS_OF_CONTROLS] : NONE}
      />
      {isOpen('unreadable') && (
        <Suspense fallback={null}>
          <UnreadableDialog onClose={p.onClose} />
        </Suspense>
      )}
      <PrivacyDialog isOpen={isOpen('privacy')} onClose={p.onClose} onDelete={p.onDelete} />
      <RunAgainDialog isOpen={isOpen('again')} onClose={p.onClose} />
      <DeleteEverything isOpen={isOpen('everything')} onClose={p.onClose} />
    </>
  );
}

/** Whether shortcuts of a single key are on, and a function that switches them. */
function useSingleKeys(): [isOn: boolean, toggle: () => void] {
  const [isOn, setOn] = useState(hasSingleKeys);
  return [
    isOn,
    () => {
      setOn(!isOn);
      setSingleKeys(!isOn);
    },
  ];
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
  const focusedPlace = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (focusedPlace.current === place) return;
    focusedPlace.current = place;
    if (isFirstPage) {
      isFirstPage = false;
      return;
    }
    focusHeading();
    scrollTo(0, 0);
  }, [place]);
  return null;
}
