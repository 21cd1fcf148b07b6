/** Projects of this browser: list and sizes; create, copy and delete. */
import { toFailure } from '../core/base/errors';
import { formatBytes, formatCount } from '../core/base/units';
import { initialProject } from '../core/runs/project';
import { nextOpened, readProject, saveProject, updateProject } from '../core/runs/projects';
import type { ProjectRow } from '../protocol/data';
import { explain } from './failures';
import { UNTITLED } from '../core/runs/project';
import { TRAINING_ELSEWHERE } from './refusals';
import type { ProjectsSlice, Reading } from './slices/projects';
import type { Slice, Studio } from './slices/studio';

export type { ProjectRow };
export const createProjectsSlice: Slice<
  ProjectsSlice,
  Pick<Studio, 'flush' | 'keep' | 'open' | 'project' | 'texts' | 'training' | 'trainingElsewhere'>
> =
  ({ data, store, tabs, now, newId, toasts, session }) =>
  (set, get) => {
    let listing = new AbortController();
    const readings = new Set<Reading>();
    const listProjects = async (): Promise<void> => {
      const { signal } = (listing = new AbortController());
      try {
        set({ projects: await data.call('projects', null, { signal }) });
      } catch (error) {
        if (signal.aborted) return;
        toasts.show({ text: 'Couldn’t list your projects', detail: toFailure(error).message });
      }
    };
    /** Creates a project under a new id, and shows it. */
    async function begin(what: string, make: (id: string) => Promise<unknown>): Promise<boolean> {
      const id = newId();
      try {
        await get().flush();
        await make(id);
      } catch (error) {
        toasts.show({ text: `Couldn’t create ${what}`, detail: explain(toFailure(error)) });
        return false;
      }
      tabs.announce();
      const isOpen = await get().open(id);
      await listProjects();
      return isOpen;
    }
    const mark = async (id: string, removedAt: number | undefined): Promise<void> => {
      await updateProject(store, id, ({ removedAt: _, ...project }) => {
        return removedAt === undefined ? project : { ...project, removedAt };
      });
      tabs.announce();
      await listProjects();
    };

    return {
      projects: [],
      listProjects,
      stopListing: () => listing.abort(),
      readBefore(read) {
        readings.add(read);
        return () => readings.delete(read);
      },
      readFor: (inputs) => Promise.all([...readings].map((read) => read(inputs))),
      newProject: async () =>
        isUntouched(get()) ||
        begin('a new project', async (id) =>
          saveProject(store, await readProject(store, id), initialProject(id, now())),
        ),
      duplicateProject: () => {
        const { id, name } = get().project;
        return begin(`a copy of ${name}`, (copy) =>
          data.call('duplicateProject', { id, copy, name: `${name} copy`, at: now() }),
        );
      },
      rescueProject: (from) =>
        begin('a project from its texts and runs', (id) =>
          data.call('rescueProject', { from, id, name: RESCUED, at: now() }),
        ),
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
        await listProjects(); // for its current size
        if (get().project.id !== id) return; // another one opened meanwhile
        const own = get().projects.find((row) => row.id === id)?.bytes?.own ?? 0;
        try {
          if (!(await open(await nextOpened(store, newId, now(), id)))) return;
          await mark(id, now());
        } catch (error) {
          toasts.show({ text: `Couldn’t delete ${name}`, detail: explain(toFailure(error)) });
          await open(id);
          return;
        }
        let isBack = false;
        toasts.show({
          text: `${name} deleted`,
          ...(own > 0 && { detail: `Frees ${formatBytes(own)} when this note closes` }),
          undo() {
            isBack = true;
            mark(id, undefined)
              .then(() => get().open(id))
              .catch((error: unknown) =>
                toasts.show({ text: `Couldn’t restore ${name}`, detail: explain(toFailure(error)) }),
              );
          },
          // Purges its own data once the undo expires. After a failure or a closed page, a later start does it.
          onGone() {
            if (!isBack)
              data
                .call('purgeProject', { id })
                .then(() => tabs.announce())
                .then(listProjects, () => undefined);
          },
        });
      },
    };
  };

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
const counted = (n: number, what: string): string =>
  n === 0 ? '' : `${formatCount(n)} ${n === 1 ? what : `${what}s`}`;

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

/** Why the stored data can't be deleted now. */
export function deleteEverythingRefusal({
  training,
  trainingElsewhere,
}: Pick<Studio, 'training' | 'trainingElsewhere'>): string | undefined {
  if (training) return 'A run is training: stop it first';
  return trainingElsewhere ? TRAINING_ELSEWHERE : undefined;
}
