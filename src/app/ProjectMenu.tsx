import { useMemo, useRef } from 'react';
import { useStudio, useStudioStore } from '../state/react';
import { deleteEverythingRefusal, deleteProjectRefusal, otherProjects } from '../state/projects';
import { MenuButton } from '../ui';
import { GLOSSARY, openActions, projectActions, projectMenu, type ProjectShell } from './projectActions';
import { ProjectName } from './ProjectName';

export interface ProjectMenuProps extends ProjectShell {
  isRenaming: boolean;
  onRename: (isRenaming: boolean) => void;
}

/** Name of the project, which opens the list of projects with sizes and actions; a field during renaming. */
export function ProjectMenu({ isRenaming, onRename, ...shell }: ProjectMenuProps) {
  const id = useStudio((s) => s.project.id);
  const wrapper = useRef<HTMLSpanElement>(null);
  const onEnd = (isByKey: boolean): void => {
    onRename(false);
    if (isByKey) requestAnimationFrame(() => wrapper.current?.querySelector('button')?.focus());
  };
  // A separate field per project: text typed for the earlier project is not the other's name.
  return <span ref={wrapper}>{isRenaming ? <ProjectName key={id} onEnd={onEnd} /> : <Menu {...shell} />}</span>;
}

function Menu(shell: ProjectShell) {
  const store = useStudioStore();
  const id = useStudio((s) => s.project.id);
  const name = useStudio((s) => s.project.name);
  const projects = useStudio((s) => s.projects);
  const deleteProject = useStudio(deleteProjectRefusal);
  const deleteEverything = useStudio(deleteEverythingRefusal);
  // A run draws the strip ten times a second: the menu's entries stay the same ones under the pointer.
  const [entries, ...more] = useMemo(
    () => projectMenu({ projects, project: { id, name } }, { deleteProject, deleteEverything }),
    [projects, id, name, deleteProject, deleteEverything],
  );
  return (
    <MenuButton
      variant="plain"
      label={`Project, ${name}`}
      onOpen={() => withPrefetch(({ prefetchProjects }) => prefetchProjects(store, otherProjects(store.getState())))}
      onLook={(id) => withPrefetch(({ prefetchHovered }) => prefetchHovered(store, id))}
      onClose={() => withPrefetch(({ cancelPrefetch }) => cancelPrefetch(store))}
      entries={entries}
      more={more}
      onChoose={(chosen) => {
        if (chosen === GLOSSARY) {
          shell.go(`/${GLOSSARY}`);
          return;
        }
        const studio = store.getState();
        const actions = [...openActions(studio), ...projectActions(studio, shell)];
        actions.find((action) => action.id === chosen)?.run();
      }}
    >
      {name}
    </MenuButton>
  );
}

/** If this can't be loaded, as without a network, a project is read when it opens. */
function withPrefetch(act: (prefetch: typeof import('./prefetchOnHover')) => unknown): void {
  import('./prefetchOnHover').then(act).catch(() => undefined);
}
