import type { TextRecord } from '../../core/documents';
import { formatCount } from '../../core/base/units';
import { otherProjects, projectSize } from '../../state/projects';
import { useStudio } from '../../state/react';
import { MenuButton } from '../../ui';

/** Projects that train on a text. A text can be in several projects; it is stored once. */
export function TextProjects({ text }: { text: TextRecord }) {
  const project = useStudio((s) => s.project);
  const projects = useStudio((s) => s.projects);
  const listProjects = useStudio((s) => s.listProjects);
  const putInProject = useStudio((s) => s.putInProject);
  const isIn = (id: string): boolean => text.projects.includes(id);
  const others = otherProjects({ projects, project });
  const count = text.projects.length;
  return (
    <MenuButton
      variant="quiet"
      isMany
      label={`Projects that use ${text.name}`}
      onOpen={() => void listProjects()}
      entries={[
        { id: project.id, label: project.name, hint: 'open now', isChosen: isIn(project.id) },
        ...(others.length === 0 ? [{ id: 'none', label: 'No other projects', isDisabled: true }] : []),
        ...others.map((row) => ({ id: row.id, label: row.name, hint: projectSize(row), isChosen: isIn(row.id) })),
      ]}
      onChoose={(id) => void putInProject(text.id, id, !isIn(id))}
    >
      {count === 1 ? 'In 1 project' : `In ${formatCount(count)} projects`}
    </MenuButton>
  );
}
