/** What each project owns of what is stored, and how much room that takes. */
import type { BlobStore } from '../base/blobStore';
import type { Failure } from '../base/errors';
import { isUnreadable, readAll } from '../base/record';
import { surveySnapshots } from '../checkpoint/checkpoint';
import { listTexts, type TextRecord } from '../documents';
import { readShards } from '../shards/build';
import { dataId, manifestKey, type ShardManifest } from '../shards/manifest';
import type { Project } from './project';
import { idAt, listProjects, OLD_KEY, PROJECTS } from './projects';
import { listRuns, type RunRecord } from './record';
import { dataOf } from './segments';

/** A project in a list of them. */
export interface ProjectRow {
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  openedAt: number;
  texts: number;
  runs: number;
  /** Of what goes with it, and of what other projects have too. Curves are not counted. */
  bytes: { own: number; shared: number } | null;
  removedAt?: number;
  /** Why it cannot be opened. */
  failure?: Failure;
}

/** The projects, last opened first; those that cannot be opened last. */
export async function projectRows(store: BlobStore): Promise<readonly ProjectRow[]> {
  const [{ projects, unreadable }, stored] = await Promise.all([listProjects(store), measured(store)]);
  const rows = projects.map((project) => rowOf(project, projects, stored));
  const closed = unreadable
    .filter(({ key }) => key === OLD_KEY || key.startsWith(PROJECTS))
    .filter(({ key }) => !projects.some(({ id }) => id === idAt(key)))
    .map(({ key, failure }): ProjectRow => {
      const id = idAt(key);
      return { id, name: id, openedAt: 0, texts: 0, runs: 0, bytes: null, failure };
    });
  return [...rows, ...closed];
}

/** What is stored, kind by kind; null bytes where they are not known. */
export type Everything = readonly { name: string; count: number; bytes: number | null }[];

export async function measureEverything(store: BlobStore): Promise<Everything> {
  const [{ projects, unreadable }, { texts, runs, data }] = await Promise.all([listProjects(store), measured(store)]);
  const kinds = [
    { name: 'Projects', count: projects.length + unreadable.length, bytes: null },
    { name: 'Texts', count: texts.length, bytes: sum(texts.map(({ bytes }) => bytes)) },
    { name: 'Data made from them', count: data.size, bytes: sum([...data.values()]) },
    { name: 'Runs, with their saved steps', count: runs.length, bytes: sum(runs.map(({ bytes }) => bytes)) },
  ];
  return kinds.filter(({ count }) => count > 0);
}

interface Measured {
  texts: readonly TextRecord[];
  runs: readonly { record: RunRecord; bytes: number }[];
  /** Bytes by the data's id. */
  data: ReadonlyMap<string, number>;
}

/** From the records alone: what cannot be read counts nothing. */
async function measured(store: BlobStore): Promise<Measured> {
  const [texts, records] = await Promise.all([listTexts(store), listRuns(store)]);
  const ids = (await store.keys(manifestKey(''))).map((key) => key.slice(manifestKey('').length));
  const manifests = await readAll(ids, (id) => readShards(store, id));
  const bytesOf = (runId: string): Promise<number> =>
    surveySnapshots(store, runId).then(
      ({ steps }) => sum(steps.map(({ bytes }) => bytes)),
      (error: unknown) => {
        if (!isUnreadable(error)) throw error;
        return 0;
      },
    );
  return {
    texts,
    runs: await Promise.all(records.map(async (record) => ({ record, bytes: await bytesOf(record.id) }))),
    data: new Map(manifests.records.map((manifest) => [dataId(manifest), sizeOf(manifest)])),
  };
}

const sizeOf = ({ parts, width }: ShardManifest): number =>
  sum(Object.values(parts).map(({ tokens }) => tokens * width));

/** The data that a project's next run, and each of its runs, learn from. */
function dataUsed({ id, data }: Project, { runs }: Measured): ReadonlySet<string> {
  const ofRuns = runs.filter(({ record }) => record.projectId === id).flatMap(({ record }) => dataOf(record).id ?? []);
  return new Set(data ? [dataId(data.manifest), ...ofRuns] : ofRuns);
}

function rowOf(project: Project, all: readonly Project[], stored: Measured): ProjectRow {
  const { id, name, openedAt, removedAt } = project;
  const texts = stored.texts.filter(({ projects }) => projects.includes(id));
  const runs = stored.runs.filter(({ record }) => record.projectId === id);
  const others = all.filter((other) => other !== project).map((other) => dataUsed(other, stored));
  const parts = [
    ...texts.map(({ bytes, projects }) => ({ bytes, isOwn: projects.length === 1 })),
    ...[...dataUsed(project, stored)].map((used) => ({
      bytes: stored.data.get(used) ?? 0,
      isOwn: !others.some((other) => other.has(used)),
    })),
    ...runs.map(({ bytes }) => ({ bytes, isOwn: true })),
  ];
  const bytesWhere = (isOwn: boolean): number => sum(parts.filter((part) => part.isOwn === isOwn).map((p) => p.bytes));
  return {
    id,
    name,
    openedAt,
    texts: texts.length,
    runs: runs.filter(({ record }) => record.removedAt === undefined).length,
    bytes: { own: bytesWhere(true), shared: bytesWhere(false) },
    ...(removedAt !== undefined && { removedAt }),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
