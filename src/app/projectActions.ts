/** Project actions: one list for the menu in the strip and for the palette. */
import {
  deleteEverythingRefusal,
  deleteProjectRefusal,
  otherProjects,
  type ProjectRow,
  projectSize,
  unreadableProjects,
} from '../state/projects';
import type { Action, MenuEntry } from '../ui';
import type { Studio } from '../state/slices/studio';

export interface ProjectShell {
  go: (path: string) => void;
  rename: () => void;
  deleteEverything: () => void;
}

interface ProjectAction extends Pick<Action, 'id' | 'label' | 'hint'> {
  /** Reason that the action reports when pressed; it stays enabled. */
  refusal?: (s: Studio) => string | undefined;
  run: (s: Studio, shell: ProjectShell) => void;
}

/** Actions for the open project. */
const ACTIONS: readonly ProjectAction[] = [
  {
    id: 'new-project',
    label: 'New project',
    run: (s, shell) => void s.newProject().then((isOpen) => isOpen && shell.go('/text')),
  },
  { id: 'rename', label: 'Rename project…', run: (_, shell) => shell.rename() },
  {
    id: 'duplicate',
    label: 'Duplicate project',
    hint: 'without its runs',
    run: (s) => void s.duplicateProject(),
  },
  {
    id: 'delete-project',
    label: 'Delete project',
    refusal: deleteProjectRefusal,
    run: (s) => void s.deleteProject(),
  },
];
const DELETE_EVERYTHING: ProjectAction = {
  id: 'delete-everything',
  label: 'Delete all my data…',
  refusal: deleteEverythingRefusal,
  run: (_, shell) => shell.deleteEverything(),
};

export const projectActions = (s: Studio, shell: ProjectShell): readonly Action[] =>
  [...ACTIONS, DELETE_EVERYTHING].map(({ id, label, hint = '', refusal, run }) => ({
    id,
    group: 'Project',
    label,
    hint: refusal?.(s) ?? hint,
    run: () => run(s, shell),
  }));

type ProjectList = Pick<Studio, 'projects'> & { project: Pick<Studio['project'], 'id' | 'name'> };

export const openActions = (s: ProjectList & Pick<Studio, 'open' | 'rescueProject'>): readonly Action[] => [
  ...otherProjects(s).map((row) => ({
    id: actionId(row),
    group: 'Open project',
    label: row.name,
    hint: projectSize(row),
    run: () => void s.open(row.id),
  })),
  ...unreadableProjects(s).map((row) => ({
    id: actionId(row),
    group: 'Open project',
    label: RESCUE,
    hint: rescueHint(row),
    run: () => void s.rescueProject(row.id),
  })),
];
const RESCUE = 'Recover unreadable project';
const rescueHint = (row: ProjectRow): string => `its ${projectSize(row)}, in a new project`;
const actionId = ({ id }: { id: string }): string => `open-${id}`;

/** Opens the glossary; the palette has it among the pages. */
export const GLOSSARY = 'glossary';

/** Lists of the menu: projects, actions for the open one, and actions for all stored data. */
export function projectMenu(
  s: ProjectList,
  refusals: Readonly<Record<'deleteProject' | 'deleteEverything', string | undefined>>,
): readonly [MenuEntry[], MenuEntry[], MenuEntry[]] {
  const entry = ({ id, label, hint = '', refusal }: ProjectAction): MenuEntry => {
    const reason = refusal === deleteProjectRefusal ? refusals.deleteProject : refusal && refusals.deleteEverything;
    return { id, label, hint: reason ?? hint };
  };
  const openRow = s.projects.find(({ id }) => id === s.project.id);
  return [
    [
      { id: 'here', label: s.project.name, hint: openRow ? projectSize(openRow) : '', isChosen: true },
      ...otherProjects(s).map((row) => ({ id: actionId(row), label: row.name, hint: projectSize(row) })),
      ...s.projects.flatMap((row): MenuEntry[] => {
        if (!row.failure) return [];
        const hasNothing = row.texts + row.runs === 0;
        if (hasNothing) return [{ id: actionId(row), label: row.name, hint: 'can’t be read', isDisabled: true }];
        return [{ id: actionId(row), label: RESCUE, hint: rescueHint(row) }];
      }),
    ],
    ACTIONS.map(entry),
    [{ id: GLOSSARY, label: 'Glossary' }, entry(DELETE_EVERYTHING)],
  ];
}
