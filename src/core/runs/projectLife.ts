/** Copies a project, rescues an unreadable one, and purges a removed one with all data that only it has. */
import { cutTo, MAX_PROJECT_NAME } from '../base/textLimits';
import type { BlobStore, Json, Stored } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { type Kind, parseRecord, storedRecord } from '../base/record';
import { surveySnapshots } from '../checkpoint/checkpoint';
import { listTexts, purgeText, removeText, UNDO_MS } from '../documents/library';
import { inProjects, isToTune, TEXT, textKey, type TextRecord } from '../documents/record';
import { playgroundKeys } from './playground';
import { initialProject, PROJECT } from './project';
import { listProjects, projectKey, readProject } from './projects';
import { newestFirst } from './lineage';
import { listRuns, purgeRun, recordKey, RUN } from './record';

/**
 * Copies the texts, tokenizer, data and settings of a project to another id, without its runs: everything or nothing.
 * @throws HomegrownError `in-use` if a project with that id exists
 */
export async function duplicateProject(
  store: BlobStore,
  { id, copy, name, at }: { id: string; copy: string; name: string; at: number },
): Promise<void> {
  for (;;) {
    if ((await store.get(projectKey(copy))) !== undefined)
      throw new HomegrownError('in-use', `A project ${copy} already exists`);
    // The commit requires an unchanged project, so that its data isn't deleted meanwhile.
    const { project, key: projectRecordKey, stored: original } = await readProject(store, id);
    const ownFields = {
      id: copy,
      name: cutTo(name, MAX_PROJECT_NAME),
      createdAt: at,
      openedAt: at,
      runId: null,
      baseline: null,
    };
    const put: [string, Stored][] = [
      [projectKey(copy), storedRecord(PROJECT, { ...project, ...ownFields, revision: 1 })],
    ];
    const expect: [string, Json | undefined][] = [
      [projectKey(copy), undefined],
      [projectRecordKey, original as Json | undefined],
    ];
    for (const text of await listTexts(store, id)) {
      const key = textKey(text.id);
      const stored = await store.get(key);
      if (stored === undefined) continue; // purged meanwhile
      const current = parseRecord(stored, key, TEXT);
      expect.push([key, stored as Json]);
      put.push([key, storedRecord(TEXT, withCopy(current, id, copy))]);
    }
    if (await store.commit({ put, expect })) return;
  }
}

/** Adds a text to the copy of a project, in its role there. */
const withCopy = (text: TextRecord, id: string, copy: string): TextRecord =>
  inProjects(text, [...text.projects, copy], [...(text.tunes ?? []), ...(isToTune(text, id) ? [copy] : [])]);

/**
 * Makes a new project with the texts and runs of an unreadable one: everything or nothing. The unreadable record stays
 * and keeps its texts, for a version that can read it.
 */
export async function rescueProject(
  store: BlobStore,
  { from, id, name, at }: { from: string; id: string; name: string; at: number },
): Promise<void> {
  for (;;) {
    const put: [string, Stored][] = [];
    const expect: [string, Json | undefined][] = [[projectKey(id), undefined]];
    /** Queues a change of the current record. */
    async function change<T extends object>(key: string, kind: Kind<T>, to: (record: T) => T): Promise<void> {
      const stored = await store.get(key);
      if (stored === undefined) return; // purged meanwhile
      expect.push([key, stored as Json]);
      put.push([key, storedRecord(kind, to(parseRecord(stored, key, kind)))]);
    }
    for (const text of await listTexts(store, from))
      await change(textKey(text.id), TEXT, (current) => withCopy(current, from, id));
    const runs = newestFirst((await listRuns(store)).filter(({ projectId }) => projectId === from));
    for (const run of runs) await change(recordKey(run.id), RUN, (current) => ({ ...current, projectId: id }));
    let runId: string | null = null;
    for (const { id: candidateId, removedAt } of runs)
      if (runId === null && removedAt === undefined && (await surveySnapshots(store, candidateId)).steps.length > 0)
        runId = candidateId;
    const project = { ...initialProject(id, at), name, openedAt: at, runId, revision: 1 };
    put.push([projectKey(id), storedRecord(PROJECT, project)]);
    if (await store.commit({ put, expect })) return;
  }
}

/**
 * Purges a removed project: deletes its runs, removes it from its texts, and deletes texts that no other project has.
 * Each is one commit, the project's record last, so that a second call continues after an interruption. A text without
 * a project is deleted at the next start. A project that is restored meanwhile stays, with its remaining items.
 * @param holding does its work while nobody else works on a run.
 * @throws HomegrownError `in-use` from there
 */
export async function purgeProject(
  store: BlobStore,
  id: string,
  holding: (runId: string, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { project, stored } = await readProject(store, id);
  if (stored === undefined || project.removedAt === undefined) return;
  const isRemoved = async (): Promise<boolean> => (await readProject(store, id)).project.removedAt !== undefined;
  for (const text of await listTexts(store, id)) {
    if (!(await isRemoved())) return;
    await removeText(store, text.id, id, project.removedAt);
    await purgeText(store, text.id); // stays if another project has it
  }
  for (const run of await listRuns(store))
    if (run.projectId === id)
      await holding(run.id, async () => {
        if (await isRemoved()) await purgeRun(store, run.id);
      });
  // Its opening time may change meanwhile, so retries.
  for (;;) {
    const current = await readProject(store, id);
    if (current.stored === undefined || current.project.removedAt === undefined) return;
    const drop = [current.key, ...playgroundKeys(id)];
    if (await store.commit({ drop, expect: [[current.key, current.stored as Json]] })) return;
  }
}

/**
 * Purges projects whose restore period is over.
 * @param now milliseconds since 1970
 * @returns whether there were any
 */
export async function purgeRemovedProjects(
  store: BlobStore,
  now: number,
  holding: Parameters<typeof purgeProject>[2],
): Promise<boolean> {
  const removed = (await listProjects(store)).projects.filter(
    ({ removedAt }) => removedAt !== undefined && removedAt < now - UNDO_MS,
  );
  for (const { id } of removed) await purgeProject(store, id, holding);
  return removed.length > 0;
}
