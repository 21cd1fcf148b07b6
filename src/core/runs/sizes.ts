/** Stored items of each project, and their sizes. */
import { ahead } from '../base/ahead';
import type { BlobStore } from '../base/blobStore';
import type { Failure } from '../base/errors';
import { unwatched } from '../base/job';
import { readAll, readRecords, readRecordsUnder } from '../base/record';
import { BASE, baseKey, BASES } from '../checkpoint/bases';
import { stepBytes } from '../checkpoint/checkpoint';
import { overview } from '../checkpoint/overview';
import { listTexts, type TextRecord } from '../documents';
import { readShards } from '../shards/build';
import { dataId, type ShardManifest } from '../shards/manifest';
import { dataNamedBy } from './data';
import type { Project } from './project';
import { idAt, listProjects, OLD_KEY, PROJECTS } from './projects';
import { allRuns, listRuns, type RunRecord } from './record';
import { basesNamed, dataIds, isOwnerUnknown } from './unused';

/** A project in a list. */
export interface ProjectRow {
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  openedAt: number;
  texts: number;
  runs: number;
  /** Bytes deleted with the project, and bytes that other projects share or may share. Excludes records and curves. */
  bytes: { own: number; shared: number } | null;
  removedAt?: number;
  /** Why it can't be opened. */
  failure?: Failure;
}

/**
 * Lists projects, last opened first, unreadable ones at the end.
 * @throws the signal's reason when stopped, checked between reads
 */
export async function projectRows(store: BlobStore, signal = unwatched.signal): Promise<readonly ProjectRow[]> {
  const { projects, unreadable } = await listProjects(store);
  const stored = await readStoredSizes(store, unreadable.length > 0, signal);
  const rows = projects.map((project) => rowOf(project, projects, stored));
  const unreadableRows = unreadable
    .filter(({ key }) => key === OLD_KEY || key.startsWith(PROJECTS))
    .filter(({ key }) => !projects.some(({ id }) => id === idAt(key)))
    .map(({ key, failure }): ProjectRow => {
      const id = idAt(key);
      const texts = stored.texts.filter((text) => text.projects.includes(id)).length;
      const runs = stored.runs.filter(({ record }) => record.projectId === id).length;
      return { id, name: id, openedAt: 0, texts, runs, bytes: null, failure };
    });
  return [...rows, ...unreadableRows];
}

/** Stored items by kind; null bytes where unknown. */
export type Everything = readonly { name: string; count: number; bytes: number | null }[];

export async function measureEverything(store: BlobStore): Promise<Everything> {
  const { projects, unreadable } = await listProjects(store);
  const { texts, runs, data, bases } = await readStoredSizes(store, unreadable.length > 0, unwatched.signal);
  const kinds = [
    { name: 'Projects', count: projects.length + unreadable.length, bytes: null },
    { name: 'Texts', count: texts.length, bytes: sum(texts.map(textBytes)) },
    { name: 'Data made from them', count: data.size, bytes: sum([...data.values()]) },
    { name: 'Runs, with their saved steps', count: runs.length, bytes: sum(runs.map(({ bytes }) => bytes)) },
    { name: 'Bases of tuned runs', count: bases.size, bytes: sum([...bases.values()]) },
  ];
  return kinds.filter(({ count }) => count > 0);
}

interface StoredSizes {
  /** Whether an unreadable record may own any of the data, so all data stays. */
  isOwnerUnknown: boolean;
  texts: readonly TextRecord[];
  runs: readonly { record: RunRecord; bytes: number }[];
  /** Bytes by the id of the data. */
  data: ReadonlyMap<string, number>;
  /** Bytes by the hash of the base. */
  bases: ReadonlyMap<string, number>;
}

/** Reads sizes from the records alone; unreadable ones count as 0. */
async function readStoredSizes(store: BlobStore, isProjectUnknown: boolean, signal: AbortSignal): Promise<StoredSizes> {
  // Sequential, so that the signal can stop it.
  const texts = await listTexts(store);
  signal.throwIfAborted();
  const { runs: records, unreadable } = await allRuns(store);
  signal.throwIfAborted();
  const steps = await overview(store);
  const runs: StoredSizes['runs'][number][] = [];
  for await (const run of ahead(records, async (record) => ({ record, bytes: await steps.bytesOf(record.id) }))) {
    signal.throwIfAborted();
    runs.push(run);
  }
  const manifests = await readAll(await dataIds(store), (id) => readShards(store, id));
  const bases = await readRecordsUnder(store, BASES, BASE);
  return {
    isOwnerUnknown: isProjectUnknown || unreadable.length > 0,
    texts,
    runs,
    data: new Map(manifests.records.map((manifest) => [dataId(manifest), sizeOf(manifest)])),
    bases: new Map([...bases.records.values()].map(({ id, bytes }) => [id, bytes])),
  };
}

/** Bytes of the data: token ids, token counts, document borders and field borders. */
const sizeOf = ({ parts, width, vocabulary }: ShardManifest): number =>
  sum(
    Object.values(parts).map(({ tokens, borders, documents = 0, fields = {} }) => {
      const numbers = vocabulary + documents * ((borders ? 3 : 0) + 2 * Object.keys(fields).length);
      return tokens * width + numbers * U32;
    }),
  );
const U32 = 4;

/** Bytes of the original text, and of its cleaned version. */
const textBytes = ({ bytes, cleaned }: TextRecord): number => bytes + (cleaned?.bytes ?? 0);

/** Data of a project's next run and of each of its runs, and the frozen bases of those runs. */
function usedBy({ id, data }: Project, { runs }: StoredSizes): ReadonlySet<string> {
  const ownRuns = runs.filter(({ record }) => record.projectId === id).map(({ record }) => record);
  const idsOfRuns = ownRuns.flatMap((record) => [...dataNamedBy(record), ...baseOf(record)]);
  return new Set(data ? [dataId(data.manifest), ...idsOfRuns] : idsOfRuns);
}
/** Hashes never equal data ids, which are shorter. */
const baseOf = ({ base }: RunRecord): readonly string[] => (base === undefined ? [] : [base]);

function rowOf(project: Project, allProjects: readonly Project[], stored: StoredSizes): ProjectRow {
  const { id, name, openedAt, removedAt } = project;
  const texts = stored.texts.filter(({ projects }) => projects.includes(id));
  const runs = stored.runs.filter(({ record }) => record.projectId === id);
  const others = allProjects.filter((other) => other !== project).map((other) => usedBy(other, stored));
  const parts = [
    ...texts.map((text) => ({ bytes: textBytes(text), isOwn: text.projects.length === 1 })),
    ...[...usedBy(project, stored)].map((used) => ({
      bytes: stored.data.get(used) ?? stored.bases.get(used) ?? 0,
      isOwn: !stored.isOwnerUnknown && !others.some((other) => other.has(used)),
    })),
    ...runs.map(({ bytes }) => ({ bytes, isOwn: true })),
  ];
  const bytesWhere = (isOwn: boolean): number => sum(parts.filter((part) => part.isOwn === isOwn).map((p) => p.bytes));
  return {
    id,
    name,
    openedAt,
    texts: texts.length,
    // A run without a saved step is no model, so it is not listed.
    runs: runs.filter(({ record, bytes }) => record.removedAt === undefined && (record.step > 0 || bytes > 0)).length,
    bytes: { own: bytesWhere(true), shared: bytesWhere(false) },
    ...(removedAt !== undefined && { removedAt }),
  };
}

/** Bytes freed by purging a run: its steps, and data and a base that nothing else uses. */
export async function bytesOfRun(store: BlobStore, runId: string): Promise<number> {
  return (await stepBytes(store, runId)) + (await bytesOfOthers(store, runId, dataNamedBy));
}

/** Bytes freed with a run's steps: the steps, and a base that no other run uses. The run's data stays. */
export const bytesOfSteps = async (store: BlobStore, runId: string): Promise<number> =>
  (await stepBytes(store, runId)) + (await bytesOfOthers(store, runId, () => []));

/** Bytes of a run's data and base that no other run uses. */
async function bytesOfOthers(
  store: BlobStore,
  runId: string,
  dataOfRun: (run: RunRecord) => readonly string[],
): Promise<number> {
  const [runs, { projects }] = await Promise.all([listRuns(store), listProjects(store)]);
  const ownRun = runs.find(({ id }) => id === runId);
  if (!ownRun || (await isOwnerUnknown(store))) return 0;
  const others = runs.filter((run) => run !== ownRun);
  const used = new Set([
    ...projects.flatMap(({ data }) => (data ? [dataId(data.manifest)] : [])),
    ...others.flatMap((run) => [...dataNamedBy(run)]),
    ...(await basesNamed(store, others)),
  ]);
  const isOwn = (id: string): boolean => !used.has(id);
  const data = await readAll(dataOfRun(ownRun).filter(isOwn), (id) => readShards(store, id));
  const bases = await readRecords(store, baseOf(ownRun).filter(isOwn).map(baseKey), BASE);
  return sum([...data.records.map(sizeOf), ...[...bases.records.values()].map(({ bytes }) => bytes)]);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
