/** The open project: shown and changed here, stored by its keeper. */
import { initialProject, type Project } from '../core/runs/project';
import { updateProject } from '../core/runs/projects';
import type { ProjectSlice } from './slices/project';
import type { Slice } from './slices/studio';

export const createProjectSlice: Slice<ProjectSlice> =
  ({ store, tabs, keeper }) =>
  (set, get) => {
    const change = (changes: Partial<Project>): void => {
      set(({ project }) => ({ project: { ...project, ...changes } }));
      keeper.save();
    };
    return {
      project: initialProject(),
      kept: 'yes',
      trainingElsewhere: false,
      change,
      changeOf: (id, changes) =>
        keeper.inTurn(async () => {
          if (id === get().project.id) {
            change(changes);
            return;
          }
          await updateProject(store, id, (project) => ({ ...project, ...changes }));
          tabs.announce();
        }),
      keep: () => keeper.keep(),
      flush: () => keeper.inTurn(() => Promise.resolve()),
      catchUp: keeper.catchUp,
    };
  };
