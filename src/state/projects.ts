/** Projects of this browser: list and sizes; create, copy and delete. */
import { toFailure } from '../core/base/errors';
import { formatBytes, formatCount } from '../core/base/units';
import { initialProject, UNTITLED } from '../core/runs/project';
import { nextOpened, readProject, saveProject, updateProject } from '../core/runs/projects';
import type { ProjectRow } from '../protocol/data';
import { explain } from './failures';
import { TRAINING_ELSEWHERE } from './refusals';
import type { ProjectsSlice, Reading } from './slices/projects';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';

export type { ProjectRow };

type ProjectsNeeds = Pick<Studio, 'flush' | 'keep' | 'open' | 'project' | 'texts' | 'training' | 'trainingElsewhere'>;
type ProjectsState = ProjectsSlice & ProjectsNeeds;

export const createProjectsSlice: Slice<ProjectsSlice, ProjectsNeeds> = (services) => (set, get) => {
  const { data, toasts } = services;
  let listing = new AbortController();
  const readings = new Set<Reading>();
  return {
    projects: [],
    async listProjects() {
      const { signal } = (listing = new AbortController());
      try {
        set({ projects: await data.call('projects', null, { signal }) });
      } catch (error) {
        if (signal.aborted) return;
        toasts.show({ text: 'Couldn’t list your projects', detail: toFailure(error).message });
      }
    },
    stopListing: () => listing.abort(),
    readBefore(read) {
      readings.add(read);
      return () => readings.delete(read);
    },
    readFor: (inputs) => Promise.all([...readings].map((read) => read(inputs))),
    takingIn: [],
    async takeInto(projectId, job) {
      set(({ takingIn }) => ({ takingIn: [...takingIn, projectId] }));
      try {
        if (get().project.id === projectId) await get().keep();
        return await job();
      } finally {
        set(({ takingIn }) => ({ takingIn: takingIn.toSpliced(takingIn.indexOf(projectId), 1) }));
      }
    },
    ...projectCreation(services, get),
    ...projectDeletion(services, set, get),
  };
};

/** Creates projects, each under a new id, and opens them. */
function projectCreation(
  { data, store, tabs, now, newId, toasts }: SliceServices,
  get: () => ProjectsState,
): Pick<ProjectsSlice, 'newProject' | 'duplicateProject' | 'rescueProject'> {
  /** @param description object of the error message */
  async function createAndOpen(description: string, create: (id: string) => Promise<unknown>): Promise<boolean> {
    const id = newId();
    try {
      await get().flush();
      await create(id);
    } catch (error) {
      toasts.show({ text: `Couldn’t create ${description}`, detail: explain(toFailure(error)) });
      return false;
    }
    tabs.announce();
    const isOpen = await get().open(id);
    await get().listProjects();
    return isOpen;
  }
  return {
    newProject: async () =>
      isUntouched(get()) ||
      createAndOpen('a new project', async (id) =>
        saveProject(store, await readProject(store, id), initialProject(id, now())),
      ),
    duplicateProject: () => {
      const { id, name } = get().project;
      return createAndOpen(`a copy of ${name}`, (copy) =>
        data.call('duplicateProject', { id, copy, name: `${name} copy`, at: now() }),
      );
    },
    rescueProject: (from) =>
      createAndOpen('a project from its texts and runs', (id) =>
        data.call('rescueProject', { from, id, name: RESCUED, at: now() }),
      ),
  };
}

/** Deletes the open project, with undo. */
function projectDeletion(
  { data, store, tabs, now, newId, toasts, session }: SliceServices,
  set: SetState<ProjectsState>,
  get: () => ProjectsState,
): Pick<ProjectsSlice, 'deleteProject'> {
  /** @param removedAt milliseconds since 1970; undefined restores the project */
  async function setRemovedAt(id: string, removedAt: number | undefined): Promise<void> {
    await updateProject(store, id, ({ removedAt: _, ...project }) => {
      return removedAt === undefined ? project : { ...project, removedAt };
    });
    tabs.announce();
    await get().listProjects();
  }
  function offerUndo(id: string, name: string, bytes: number): void {
    let isUndone = false;
    toasts.show({
      text: `${name} deleted`,
      ...(bytes > 0 && { detail: `Frees ${formatBytes(bytes)} when this note closes` }),
      undo() {
        isUndone = true;
        setRemovedAt(id, undefined)
          .then(() => get().open(id))
          .catch((error: unknown) =>
            toasts.show({ text: `Couldn’t restore ${name}`, detail: explain(toFailure(error)) }),
          );
      },
      // Purges its own data once the undo expires. After a failure or a closed page, a later start does it.
      onGone() {
        if (!isUndone)
          data
            .call('purgeProject', { id })
            .then(() => tabs.announce())
            .then(get().listProjects, () => undefined);
      },
    });
  }
  return {
    async deleteProject() {
      const { open, flush } = get();
      const { id, name } = get().project;
      const trainingElsewhere = !session.current() && (await tabs.isTraining().catch(() => false));
      if (trainingElsewhere !== get().trainingElsewhere) set({ trainingElsewhere });
      const refusal = deleteProjectRefusal(get());
      if (refusal !== undefined) {
        toasts.show({ text: refusal });
        return;
      }
      await flush();
      await get().listProjects(); // for its current size
      if (get().project.id !== id) return; // another one opened meanwhile
      const ownBytes = get().projects.find((row) => row.id === id)?.bytes?.own ?? 0;
      try {
        if (!(await open(await nextOpened(store, newId, now(), id)))) return;
        await setRemovedAt(id, now());
      } catch (error) {
        toasts.show({ text: `Couldn’t delete ${name}`, detail: explain(toFailure(error)) });
        await open(id);
        return;
      }
      offerUndo(id, name, ownBytes);
    },
  };
}

const RESCUED = 'Recovered';

/** Other projects that can be opened. */
export const otherProjects = ({ projects, project }: { projects: readonly ProjectRow[]; project: { id: string } }) =>
  projects.filter(({ id, failure, removedAt }) => id !== project.id && !failure && removedAt === undefined);

/** Unreadable projects with readable content. */
export const unreadableProjects = ({ projects }: { projects: readonly ProjectRow[] }): readonly ProjectRow[] =>
  projects.filter(({ failure, texts, runs }) => failure && texts + runs > 0);

/** `2 texts, 3 runs, 45.1 MB`. */
export function projectSize({ texts, runs, bytes }: ProjectRow): string {
  if (texts + runs === 0) return 'empty';
  const counts = [counted(texts, 'text'), counted(runs, 'run')].filter((part) => part !== '');
  return [...counts, ...(bytes ? [formatBytes(bytes.own + bytes.shared)] : [])].join(', ');
}
/** `2 texts`; empty for 0. */
const counted = (count: number, noun: string): string =>
  count === 0 ? '' : `${formatCount(count)} ${count === 1 ? noun : `${noun}s`}`;

/** Why the open project can't be deleted: its training must stop first, or it is an untouched only project. */
export function deleteProjectRefusal(
  s: Pick<Studio, 'project' | 'projects' | 'takingIn' | 'texts' | 'training' | 'trainingElsewhere'>,
): string | undefined {
  if (s.training?.projectId === s.project.id) return 'A run is training: stop and save it first';
  if (s.takingIn.includes(s.project.id)) return 'An import is running: stop it or wait';
  if (s.trainingElsewhere) return TRAINING_ELSEWHERE;
  return isUntouched(s) && otherProjects(s).length === 0 ? 'The project is empty' : undefined;
}

/** Whether nothing has been created in the open project yet. */
export const isUntouched = ({ project, texts }: Pick<Studio, 'project' | 'texts'>): boolean =>
  project.name === UNTITLED && texts.length === 0 && project.runId === null;

/** Why the data of all projects can't be deleted now. */
export function deleteEverythingRefusal({
  training,
  trainingElsewhere,
}: Pick<Studio, 'training' | 'trainingElsewhere'>): string | undefined {
  if (training) return 'A run is training: stop it first';
  return trainingElsewhere ? TRAINING_ELSEWHERE : undefined;
}
