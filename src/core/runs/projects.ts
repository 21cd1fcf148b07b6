/**
 * Projects of a store, each under its own key with a revision that counts its saves. Refuses to overwrite a newer
 * revision from another tab; callers merge the two field by field.
 */
import type { BlobStore, Json, Stored } from '../base/blobStore';
import { HomegrownError, toFailure } from '../base/errors';
import { cutTo, MAX_PROJECT_NAME } from '../base/textLimits';
import { isUnreadable, parseRecord, storedRecord, type Unreadable } from '../base/record';
import type { Owner } from '../documents/library';
import { FIRST_PROJECT, initialProject, openFields, type Project, PROJECT } from './project';

/** A project as last read or saved, with its stored record. */
export interface KeptProject {
  project: Project;
  /** Key of `stored`. For a project of older builds, it differs from the key for saving. */
  key: string;
  stored: Stored | undefined;
  /** Why some fields of `project` differ from the stored ones; the next save sets the stored record aside. */
  problem: HomegrownError | undefined;
}

/**
 * Reads a project; returns a new one if none is stored under its id.
 * @throws HomegrownError `newer-version`, or `storage-damaged` if nothing is readable
 */
export async function readProject(store: BlobStore, id: string): Promise<KeptProject> {
  const key = projectKey(id);
  const kept = await readAt(store, key, id);
  return kept.stored === undefined && id === FIRST_PROJECT ? readAt(store, OLD_KEY, id) : kept;
}

/**
 * Overwrites `kept`, and first sets it aside if it was partly unreadable.
 * @returns undefined when another record was stored since: read it, merge, and save again
 */
export async function saveProject(
  store: BlobStore,
  kept: KeptProject,
  newProject: Project,
): Promise<KeptProject | undefined> {
  const project =
    newProject.name.length > MAX_PROJECT_NAME
      ? { ...newProject, name: cutTo(newProject.name, MAX_PROJECT_NAME) }
      : newProject;
  const key = projectKey(project.id);
  const stored = storedRecord(PROJECT, { ...project, revision: revisionOf(kept) + 1 });
  const put: [string, Stored][] = [[key, stored]];
  const expect: [string, Json | undefined][] = [[kept.key, kept.stored as Json | undefined]];
  const isMoved = kept.key !== key;
  if (isMoved) expect.push([key, undefined]);
  if (kept.problem && kept.stored !== undefined) {
    const asideKey = `${SET_ASIDE}${(await store.keys(SET_ASIDE)).length + 1}`;
    put.push([asideKey, kept.stored]);
    expect.push([asideKey, undefined]);
  }
  const isSaved = await store.commit({ put, drop: isMoved ? [kept.key] : [], expect });
  return isSaved ? { project, key, stored, problem: undefined } : undefined;
}

/** Changes the stored project under concurrent writes. Returns undefined if it no longer exists. */
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
 * Condition for a commit of a project's items: no tab has deleted the project. A purge looks for its items after the
 * deletion, so that none can outlive it.
 * @throws HomegrownError `in-use` if it was deleted, and as `readProject` does
 */
export async function ownerOf(store: BlobStore, id: string): Promise<Owner> {
  const { name } = (await readProject(store, id)).project;
  return async () => {
    const { project, key, stored } = await readProject(store, id);
    // The first project of an empty store exists before it is stored.
    const exists = stored !== undefined || (id === FIRST_PROJECT && (await projectKeys(store)).length === 0);
    if (exists && project.removedAt === undefined) return [[key, stored as Json | undefined]];
    throw new HomegrownError(
      'in-use',
      `The project ${name} was deleted, so nothing was added to it`,
      'Undo the deletion, or open another project and try again.',
    );
  };
}

/**
 * Moves the single project of older builds to its current place, in one commit; gives it a new id if `first` exists.
 * Sets unreadable fields aside, and leaves an entirely unreadable record in its place.
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

/**
 * Lists readable projects, newest first, including hidden ones; and records that are partly or entirely unreadable, or
 * were set aside.
 */
export async function listProjects(
  store: BlobStore,
): Promise<{ projects: readonly Project[]; unreadable: readonly Unreadable[] }> {
  const projects: Project[] = [];
  const unreadable: Unreadable[] = [];
  const readListed = async (key: string): Promise<Project | undefined> => {
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
    const project = await readListed(key);
    if (project) projects.push(project);
  }
  // If a newer project exists, only an unreadable record stays there.
  if (!keys.includes(OLD_KEY) && (await store.keys(OLD_KEY)).includes(OLD_KEY)) await readListed(OLD_KEY);
  for (const key of await store.keys(SET_ASIDE)) if (await readListed(key)) addAside(unreadable, key);
  return { projects: projects.sort(byOpening), unreadable };
}

/** Adds a set-aside record, even if this version can read it, because it was unreadable then. */
function addAside(unreadable: Unreadable[], key: string): void {
  if (unreadable.some((entry) => entry.key === key)) return;
  const problem = new HomegrownError('storage-damaged', "Couldn't read the project");
  unreadable.push({ key, failure: toFailure(problem) });
}

/** Projects that are unreadable, in part or whole, and those that were set aside. */
export const unreadableProjects = async (store: BlobStore): Promise<readonly Unreadable[]> =>
  (await listProjects(store)).unreadable;

/**
 * Project that was opened last; `first` in an empty store, and a new one if all others are unreadable.
 * @param excludedId id of a project to skip
 */
export async function lastOpened(store: BlobStore, newId: () => string, excludedId?: string): Promise<string> {
  const keys = await projectKeys(store);
  const { projects } = await listProjects(store);
  const last = projects.find(({ id, removedAt }) => removedAt === undefined && id !== excludedId);
  if (last) return last.id;
  return excludedId === FIRST_PROJECT || keys.some((key) => idAt(key) === FIRST_PROJECT) ? newId() : FIRST_PROJECT;
}

/** Stores the project of `lastOpened` if it is new, to show in place of a removed one. */
export async function nextOpened(
  store: BlobStore,
  newId: () => string,
  at: number,
  excludedId?: string,
): Promise<string> {
  const id = await lastOpened(store, newId, excludedId);
  const kept = await readProject(store, id);
  // Another tab may have stored it meanwhile; either record will do.
  if (kept.stored === undefined) await saveProject(store, kept, initialProject(id, at));
  return id;
}

export const projectKey = (id: string): string => `${PROJECTS}${id}`;

/** Keys of the projects; includes the old place until `first` has been saved. */
async function projectKeys(store: BlobStore): Promise<readonly string[]> {
  const keys = await store.keys(PROJECTS);
  const hasOldProject = !keys.includes(projectKey(FIRST_PROJECT)) && (await store.keys(OLD_KEY)).includes(OLD_KEY);
  return hasOldProject ? [OLD_KEY, ...keys] : keys;
}

async function readAt(store: BlobStore, key: string, id: string): Promise<KeptProject> {
  const stored = await store.get(key);
  if (stored === undefined) return { project: initialProject(id), key: projectKey(id), stored, problem: undefined };
  return { ...openFields(id, parseRecord(stored, key, PROJECT)), key, stored };
}

/** Id in the key of a project. */
export const idAt = (key: string): string => (key.startsWith(PROJECTS) ? key.slice(PROJECTS.length) : FIRST_PROJECT);
const byOpening = (a: Project, b: Project): number =>
  b.openedAt - a.openedAt || b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1);

const revisionOf = ({ stored }: KeptProject): number => PROJECT.schema.safeParse(stored).data?.revision ?? 0;

export const PROJECTS = 'projects/';
/** Key of the only project in builds before 2026-11-26. */
export const OLD_KEY = 'project';
export const SET_ASIDE = 'set-aside/project/';
