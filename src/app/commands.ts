/** Everything that can be done by name or by key: one list for the palette, the shortcuts and the help. */
import { otherNames, TERM_IDS, termName } from '../core/glossary/terms';
import { alreadyRan } from '../state/otherSettings';
import { busyExport } from '../state/export';
import { guideOf, nextStep } from '../state/nextStep';
import { isTraining } from '../state/openRun';
import type { Stage, StageAction, StageState } from '../state/stage';
import { takeStep } from '../state/takeStep';
import type { Work } from '../state/work';
import { focusFind, focusPane, type Action } from '../ui';
import { chooseDevice, deviceChoices } from './device';
import { openNewer } from './offline';
import { openActions, projectActions, type ProjectShell } from './projectActions';
import { pathOf } from './routes';
import { runAction, runActionLabel } from './runAction';
import { isListed, STAGES } from './stages';
import { toggleTheme } from './theme';
import type { Studio, StudioStore } from '../state/slices/studio';

export interface Shell extends ProjectShell {
  stage: Stage | undefined;
  openPalette: () => void;
  openHelp: () => void;
  openUnreadable: () => void;
  openPrivacy: () => void;
  /** Asks before a run with settings that already ran. */
  askToRunAgain: () => void;
  hasSingleKeys: boolean;
  toggleSingleKeys: () => void;
}

/** All actions that are available now, in the order of the palette. */
export function commands(s: Studio, store: StudioStore, shell: Shell): readonly Action[] {
  return [
    ...onThisPage(s, store, shell),
    ...runActions(s, shell),
    ...goTo(s, shell),
    ...settings(s, store, shell),
    ...openActions(s),
    ...keysOnly(s, shell),
  ];
}

/** Keys that belong to one control; the help lists them, the controls answer them. */
export const KEYS_OF_CONTROLS: readonly Action[] = [
  { id: 'undo', group: 'In place', label: 'Undo', keys: 'mod+z', run: () => undefined },
  { id: 'leave', group: 'In place', label: 'Close or cancel', keys: 'escape', run: () => undefined },
  {
    id: 'tokens',
    group: 'In place',
    label: 'Move by token or point',
    keys: 'arrowleft+arrowright',
    run: () => undefined,
  },
  { id: 'curve', group: 'In place', label: 'Show or hide a run’s curve', keys: ' ', run: () => undefined },
  { id: 'baseline', group: 'In place', label: 'Make a run the baseline', keys: 'b', run: () => undefined },
  { id: 'table', group: 'In place', label: 'Show chart as a table', keys: 't', run: () => undefined },
];

function onThisPage(s: Studio, store: StudioStore, { stage, go }: Shell): Action[] {
  const group = 'On this page';
  const pageAction = stage?.action?.(s);
  const action = stage?.action ? pageAction && openingResult(pageAction, go) : nextAction(s, store, stage, go);
  return [
    ...(action ? [{ ...action, group, keys: 'mod+enter' }] : []),
    ...(stage?.keys?.(s) ?? []).map((key) => ({ ...key, group })),
  ];
}

/** An action that opens the page of its result. */
const openingResult = ({ run: act, goesTo, ...action }: StageAction, go: Shell['go']): Omit<Action, 'group'> => ({
  ...action,
  run() {
    act();
    if (goesTo !== undefined) go(goesTo);
  },
});

/** The filled button, on a page without its own action. */
function nextAction(
  s: Studio,
  store: StudioStore,
  stage: Stage | undefined,
  go: Shell['go'],
): Omit<Action, 'group'> | undefined {
  const step = stage && nextStep(guideOf(s), stage.id);
  if (!step) return undefined;
  const { kind, label, refusal } = step;
  const act = (): void => (refusal === undefined ? void takeStep(store, kind).then(go) : s.toast({ text: refusal }));
  return { id: 'next-step', label, run: act };
}

function runActions(s: Studio, { go, askToRunAgain }: Shell): Action[] {
  const group = 'Run';
  const action = runAction(s);
  if (action.kind === 'stop') {
    const running = [busyExport(s), s.evaluating, s.importingModel].find((work) => work?.kind === 'busy');
    return [
      { id: 'stop', group, label: action.label, keys: 'mod+.', run: action.run },
      ...(running ? [withoutKeys(stopWork(running))] : []), // they are the run's
    ];
  }
  const busy = [busyExport(s), s.evaluating, s.importingModel, s.tokenizing, s.building, s.importing].find(
    (work) => work?.kind === 'busy',
  );
  return [
    {
      id: 'start',
      group,
      label: runActionLabel(s, action),
      run: () => {
        if (action.reason !== undefined) {
          s.toast({ text: action.reason });
          return;
        }
        if (alreadyRan(s)) {
          askToRunAgain();
          return;
        }
        action.run();
        go('/train');
      },
    },
    ...(action.label === 'Resume' && s.texts.length > 0
      ? [
          {
            id: 'start-new',
            group,
            label: 'Start a new run',
            run: () => {
              void s.start();
              go('/train');
            },
          },
        ]
      : []),
    ...(busy ? [stopWork(busy)] : []),
  ];
}
const withoutKeys = ({ keys: _, ...action }: Action): Action => action;
const stopWork = (work: Work): Action => ({
  id: 'stop-work',
  group: 'Run',
  label: 'Cancel the running task',
  keys: 'mod+.',
  run: () => {
    if (work.kind === 'busy') work.stop();
  },
});

function goTo(s: Studio, { go }: Shell): Action[] {
  const group = 'Go to';
  return STAGES.flatMap((stage) => [
    {
      id: `go-${stage.id}`,
      group,
      label: stage.name,
      ...wordsOf(stage),
      ...hintOf(stage.state(s)),
      run: () => go(pathOf(stage)),
    },
    ...(stage.parts ?? []).map(({ label, query }) => ({
      id: `go-${stage.id}${query}`,
      group,
      label,
      hint: stage.name,
      run: () => go(pathOf(stage) + query),
    })),
  ]);
}

/** The terms of the glossary, which the palette lists when a person searches for them. */
export const termActions = (go: Shell['go']): Action[] =>
  TERM_IDS.map((id) => ({
    id: `term-${id}`,
    group: 'Glossary',
    label: termName(id),
    words: otherNames(id).join(' '),
    isFoundOnly: true,
    run: () => go(`/glossary?find=${encodeURIComponent(termName(id))}`),
  }));

const wordsOf = ({ words }: Stage) => (words === undefined ? {} : { words });
const hintOf = ({ line }: StageState) => (line === undefined ? {} : { hint: line });

function settings(s: Studio, store: StudioStore, shell: Shell): Action[] {
  return [
    ...projectActions(s, shell),
    { id: 'import', group: 'Project', label: 'Import a model…', run: () => shell.go('/export') },
    ...(s.unreadable.length > 0
      ? [{ id: 'unreadable', group: 'Project', label: 'Show unreadable items…', run: shell.openUnreadable }]
      : []),
    ...deviceChoices(s)
      .filter(({ isChosen }) => !isChosen)
      .map(({ kind, name, hint }) => ({
        id: `device-${kind}`,
        group: 'Device',
        label: `Use ${name}`,
        hint,
        run: () => chooseDevice(store, kind),
      })),
    ...(s.offline.kind === 'to be asked'
      ? [{ id: 'keep', group: 'Project', label: 'Make Homegrown available offline', run: s.offline.keep }]
      : []),
    ...(s.hasNewer && !isTraining(s)
      ? [{ id: 'newer', group: 'Project', label: 'Open the newer version', run: openNewer }]
      : []),
    {
      id: 'privacy',
      group: 'View',
      label: 'Check network privacy',
      words: 'privacy private data offline network upload cloud',
      run: shell.openPrivacy,
    },
    { id: 'theme', group: 'View', label: 'Switch light or dark', run: toggleTheme },
    {
      id: 'single-keys',
      group: 'View',
      label: shell.hasSingleKeys ? 'Turn single-key shortcuts off' : 'Turn single-key shortcuts on',
      hint: '[ ] / ?',
      run: shell.toggleSingleKeys,
    },
  ];
}

function keysOnly(s: Studio, shell: Shell): Action[] {
  const step = (by: 1 | -1) => () => {
    const listed = STAGES.filter((stage) => stage === shell.stage || isListed(stage, s));
    const next = listed[listed.findIndex((stage) => stage === shell.stage) + by];
    if (next) shell.go(pathOf(next));
  };
  const help = { group: 'Keys', isHelpOnly: true } as const;
  return [
    { id: 'palette', ...help, label: 'Find or run a command', keys: 'mod+k', run: shell.openPalette },
    { id: 'help', group: 'View', label: 'Show keyboard shortcuts', keys: '?', run: shell.openHelp },
    { id: 'previous', ...help, label: 'Previous page', keys: '[', run: step(-1) },
    { id: 'next', ...help, label: 'Next page', keys: ']', run: step(1) },
    { id: 'find', ...help, label: 'Find in this pane', keys: '/', run: focusFind },
    { id: 'next-pane', ...help, label: 'Next pane', keys: 'f6', run: () => focusPane(1) },
    { id: 'previous-pane', ...help, label: 'Previous pane', keys: 'shift+f6', run: () => focusPane(-1) },
  ];
}
