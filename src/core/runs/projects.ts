/**
 * The projects of a store, each under a key of its own with a revision that counts its saves: a save over one that another
 * tab has made since is refused, and the two are merged field by field.
 */
import type { BlobStore, Json, Stored } from '../base/blobStore';
import { HomegrownError, toFailure } from '../base/errors';
import { cutTo, MAX_PROJECT_NAME } from '../base/textLimits';
import { isUnreadable, parseRecord, storedRecord, type Unreadable } from '../base/record';
import type { Owner } from '../documents/library';
import { FIRST_PROJECT, initialProject, openFields, type Project, PROJECT } from './project';

/** A project as it was last read or saved, and what lies in the store for it. */
export interface KeptProject {
  project: Project;
  /** Where `stored` lies: elsewhere than where it is saved for one from before there were several. */
  key: string;
  stored: Stored | undefined;
  /** Why some fields of `project` are not what is stored; a save puts that aside. */
  problem: HomegrownError | undefined;
}

/**
 * A project, as a new one where none is stored under its id.
 * @throws HomegrownError `newer-version`, `storage-damaged` where nothing of it can be read
 */
export async function readProject(store: BlobStore, id: string): Promise<KeptProject> {
  const key = projectKey(id);
  const kept = await readAt(store, key, id);
  return kept.stored === undefined && id === FIRST_PROJECT ? readAt(store, OLD_KEY, id) : kept;
}

/**
 * Saves over `kept`, and first sets that aside if not all of it could be read.
 * @returns undefined when another record was stored since: read it, merge, and save again
 */
export async function saveProject(
  store: BlobStore,
  kept: KeptProject,
  given: Project,
): Promise<KeptProject | undefined> {
  const project =
    given.name.length > MAX_PROJECT_NAME ? { ...given, name: cutTo(given.name, MAX_PROJECT_NAME) } : given;
  const key = projectKey(project.id);
  const stored = storedRecord(PROJECT, { ...project, revision: revisionOf(kept) + 1 });
  const put: [string, Stored][] = [[key, stored]];
  const expect: [string, Json | undefined][] = [[kept.key, kept.stored as Json | undefined]];
  const isMoved = kept.key !== key;
  if (isMoved) expect.push([key, undefined]);
  if (kept.problem && kept.stored !== undefined) {
    const aside = `${SET_ASIDE}${(await store.keys(SET_ASIDE)).length + 1}`;
    put.push([aside, kept.stored]);
    expect.push([aside, undefined]);
  }
  const isSaved = await store.commit({ put, drop: isMoved ? [kept.key] : [], expect });
  return isSaved ? { project, key, stored, problem: undefined } : undefined;
}

/** Changes a project as it is stored now, whoever else changes it. Undefined where there is none by then. */
export async function updateProject(
  store: BlobStore,
  id: string,
  change: (project: Project) => Project,
): Promise<Project | undefined> {
  for (;;) {
    const kept = await readProject(store, id);
    if (kept.stored === undefined) return undefined;
    const saved = await saveProject(store, kept, change(kept.project));
    if (saved) return saved.project;
  }
}

/**
 * What is expected of a project by what is made for it: that it has not been deleted, in any tab. Who purges it looks for what
 * it has after it was deleted, so that nothing is ever of a project that is gone.
 * @returns throws HomegrownError `in-use` where it has gone, and as `readProject` does
 */
export async function ownerOf(store: BlobStore, id: string): Promise<Owner> {
  const { name } = (await readProject(store, id)).project;
  return async () => {
    const { project, key, stored } = await readProject(store, id);
    // The one that an empty store begins with is there before it is stored.
    const isThere = stored !== undefined || (id === FIRST_PROJECT && (await projectKeys(store)).length === 0);
    if (isThere && project.removedAt === undefined) return [[key, stored as Json | undefined]];
    throw new HomegrownError(
      'in-use',
      `The project ${name} was deleted, so nothing was added to it`,
      'Undo the deletion, or open another project and try again.',
    );
  };
}

/**
 * Moves the one project of older builds to its current place, in one commit; it becomes a second one if `first` exists. Sets
 * unreadable fields aside, and leaves an entirely unreadable record in its place.
 */
export async function migrateProject(store: BlobStore, newId: () => string): Promise<void> {
  if (!(await store.keys(OLD_KEY)).includes(OLD_KEY)) return;
  const isTaken = (await store.keys(PROJECTS)).includes(projectKey(FIRST_PROJECT));
  try {
    const old = await readAt(store, OLD_KEY, isTaken ? newId() : FIRST_PROJECT);
    if (old.stored !== undefined) await saveProject(store, old, old.project);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
}

/** Those that can be read, newest first, also what is hidden; and what cannot be, wholly or in part, or was put aside. */
export async function listProjects(
  store: BlobStore,
): Promise<{ projects: readonly Project[]; unreadable: readonly Unreadable[] }> {
  const projects: Project[] = [];
  const unreadable: Unreadable[] = [];
  const look = async (key: string): Promise<Project | undefined> => {
    try {
      const { project, problem } = await readAt(store, key, idAt(key));
      if (problem) unreadable.push({ key, failure: toFailure(problem) });
      return project;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unreadable.push({ key, failure: toFailure(error) });
      return undefined;
    }
  };
  const keys = await projectKeys(store);
  for (const key of keys) {
    const project = await look(key);
    if (project) projects.push(project);
  }
  // If a newer project exists, only an unreadable record stays there.
  if (!keys.includes(OLD_KEY) && (await store.keys(OLD_KEY)).includes(OLD_KEY)) await look(OLD_KEY);
  for (const key of await store.keys(SET_ASIDE)) if (await look(key)) addAside(unreadable, key);
  return { projects: projects.sort(byOpening), unreadable };
}

/** One that was put aside was so because of what could not be read then, even where this version can. */
function addAside(unreadable: Unreadable[], key: string): void {
  if (unreadable.some((each) => each.key === key)) return;
  const problem = new HomegrownError('storage-damaged', "Couldn't read the project");
  unreadable.push({ key, failure: toFailure(problem) });
}

/** Projects that could not, or not wholly, be read, and those that were put aside. */
export const unreadableProjects = async (store: BlobStore): Promise<readonly Unreadable[]> =>
  (await listProjects(store)).unreadable;

/**
 * Project that was opened last; the first one in an empty store, and a new one if all others are unreadable.
 * @param but excludes one
 */
export async function lastOpened(store: BlobStore, newId: () => string, but?: string): Promise<string> {
  const keys = await projectKeys(store);
  const { projects } = await listProjects(store);
  const last = projects.find(({ id, removedAt }) => removedAt === undefined && id !== but);
  if (last) return last.id;
  return but === FIRST_PROJECT || keys.some((key) => idAt(key) === FIRST_PROJECT) ? newId() : FIRST_PROJECT;
}

/** As `lastOpened`, stored as a new one where it is not yet: the project to show in place of one that goes. */
export async function nextOpened(store: BlobStore, newId: () => string, at: number, but?: string): Promise<string> {
  const id = await lastOpened(store, newId, but);
  const kept = await readProject(store, id);
  // Not over what another tab has stored by then, which is as good.
  if (kept.stored === undefined) await saveProject(store, kept, initialProject(id, at));
  return id;
}

export const projectKey = (id: string): string => `${PROJECTS}${id}`;

/** Where projects lie; the old place counts until `first` has been saved. */
async function projectKeys(store: BlobStore): Promise<readonly string[]> {
  const keys = await store.keys(PROJECTS);
  const isOld = !keys.includes(projectKey(FIRST_PROJECT)) && (await store.keys(OLD_KEY)).includes(OLD_KEY);
  return isOld ? [OLD_KEY, ...keys] : keys;
}

async function readAt(store: BlobStore, key: string, id: string): Promise<KeptProject> {
  const stored = await store.get(key);
  if (stored === undefined) return { project: initialProject(id), key: projectKey(id), stored, problem: undefined };
  return { ...openFields(id, parseRecord(stored, key, PROJECT)), key, stored };
}

/** The id that a key of a project says. */
export const idAt = (key: string): string => (key.startsWith(PROJECTS) ? key.slice(PROJECTS.length) : FIRST_PROJECT);
const byOpening = (a: Project, b: Project): number =>
  b.openedAt - a.openedAt || b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1);

const revisionOf = ({ stored }: KeptProject): number => PROJECT.schema.safeParse(stored).data?.revision ?? 0;

export const PROJECTS = 'projects/';
/** The one project of builds before 2026-11-26. */
export const OLD_KEY = 'project';
export const SET_ASIDE = 'set-aside/project/';
