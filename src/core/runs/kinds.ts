/** All kinds of stored records: their keys, names, unreadable records, and dependent keys. */
import type { BlobStore } from '../base/blobStore';
import { DRAFT, DRAFTS, unreadableDrafts } from '../base/draft';
import { type Kind, readAll, readRecord, type Unreadable } from '../base/record';
import { BASE, baseKeys, BASES, surveyBase } from '../checkpoint/bases';
import { snapshotKeys, surveySnapshots } from '../checkpoint/checkpoint';
import { chunkKey, HEAD, headKey, HEADS, isRunId, MANIFESTS } from '../checkpoint/head';
import { MANIFEST } from '../checkpoint/manifest';
import { unreadableTexts } from '../documents/library';
import { CLEANED, CLEANED_TEXTS, LEFT, leftKey } from '../documents/clean/record';
import { DOCUMENTS, documentsKey, TEXT, textChunksPrefix, textKey } from '../documents/record';
import { DATA, manifestKey, shardsPrefix } from '../shards/manifest';
import { DEVICE, DEVICE_KEY, DEVICE_MEMORIES, DEVICE_MEMORY, TILINGS, TILINGS_KEY } from '../train/remembered';
import { CURVE, curveKey, CURVES } from './curve';
import { EVALUATION, EVALUATIONS, evaluationsOf } from './evaluations';
import { JOURNAL, journalKey, JOURNALS, unreadableInJournal } from './journal';
import { PLAYGROUND, PLAYGROUNDS, WRITTEN, WRITTEN_TEXT } from './playground';
import { PROJECT } from './project';
import { OLD_KEY, PROJECTS, SET_ASIDE, unreadableProjects } from './projects';
import { listRuns, recordKey, RUN, unreadableRuns } from './record';
import { MERGES, MERGES_OF, mergesKey, unreadableMerges } from './tokenizer';

interface KindAt {
  /** Key prefix, with a star for the owner's id; without a slash at the end, the only key. */
  at: string;
  /** Name of one record, in a list. */
  name: string;
  kind: Kind<unknown>;
  /** @param runId run whose curve is read too; reading all curves would take long */
  unreadable(store: BlobStore, runId: string | null): Promise<readonly Unreadable[]>;
  /** Keys of everything stored with a record; some may be missing. */
  keysWith(store: BlobStore, key: string): Promise<readonly string[]>;
}

type KindOptions = Pick<KindAt, 'at' | 'name' | 'kind'> & Partial<KindAt>;
/** Defaults: reads each record, which has no other keys. */
const kindAt = ({ at, kind, ...options }: KindOptions): KindAt => ({
  at,
  kind,
  unreadable: async (store) => {
    const keys = at.endsWith('/') ? (await store.keys(at.split('*')[0]!)).filter((key) => isAt(at, key)) : [at];
    return (await readAll(keys, (key) => readRecord(store, key, kind))).unreadable;
  },
  keysWith: () => Promise.resolve([]),
  ...options,
});

const runKeys = async (store: BlobStore, key: string): Promise<readonly string[]> => {
  const id = key.split('/')[1]!;
  if (!isRunId(id)) return [];
  return [
    recordKey(id),
    mergesKey(id),
    ...(await snapshotKeys(store, id)),
    ...(await store.keys(journalKey(id))),
    ...(await store.keys(evaluationsOf(id))),
    curveKey(id),
  ];
};

/** For a project, also names its unreadable fields. */
const projectsAt = (at: string) => async (store: BlobStore) =>
  (await unreadableProjects(store)).filter(({ key }) => isAt(at, key));

export const KINDS: readonly KindAt[] = [
  kindAt({ at: PROJECTS, name: 'A project', kind: PROJECT, unreadable: projectsAt(PROJECTS) }),
  kindAt({ at: OLD_KEY, name: 'The project of an older build', kind: PROJECT, unreadable: projectsAt(OLD_KEY) }),
  kindAt({ at: SET_ASIDE, name: 'An earlier project', kind: PROJECT, unreadable: projectsAt(SET_ASIDE) }),
  kindAt({ at: PLAYGROUNDS, name: 'Settings of the Playground', kind: PLAYGROUND }),
  kindAt({ at: WRITTEN, name: 'The last text that a model wrote', kind: WRITTEN_TEXT }),
  kindAt({
    at: textKey(''),
    name: 'A text',
    kind: TEXT,
    unreadable: unreadableTexts,
    keysWith: (store, key) => store.keys(textChunksPrefix(key.slice(textKey('').length))),
  }),
  kindAt({
    at: CLEANED_TEXTS,
    name: 'A cleaned text',
    kind: CLEANED,
    keysWith: (store, key) => store.keys(textChunksPrefix(key.slice(CLEANED_TEXTS.length))),
  }),
  kindAt({ at: leftKey('*'), name: 'A list of what cleaning left out', kind: LEFT }),
  kindAt({ at: documentsKey('*'), name: 'A list of documents', kind: DOCUMENTS }),
  kindAt({ at: recordKey(''), name: 'A run', kind: RUN, unreadable: unreadableRuns, keysWith: runKeys }),
  kindAt({
    at: MERGES,
    name: 'The tokenizer of a run',
    kind: MERGES_OF,
    unreadable: async (store) => unreadableMerges(store, await listRuns(store)),
  }),
  kindAt({ at: HEADS, name: 'The saved steps of a run', kind: HEAD, unreadable: unreadableSteps, keysWith: runKeys }),
  kindAt({
    at: MANIFESTS,
    name: 'A saved step',
    kind: MANIFEST,
    // Reported with the lists that name them; other chunks have no owner.
    unreadable: () => Promise.resolve([]),
    keysWith: async (store, key) => {
      const [, id, step] = key.split('/');
      return isRunId(id!) ? store.keys(`${chunkKey(id!, step ?? '')}/`) : [];
    },
  }),
  kindAt({
    at: BASES,
    name: 'A base of tuned runs',
    kind: BASE,
    unreadable: async (store) => (await readAll(await store.keys(BASES), (key) => surveyBase(store, key))).unreadable,
    keysWith: (store, key) => baseKeys(store, key.slice(BASES.length)),
  }),
  kindAt({
    at: JOURNALS,
    name: 'A part of the curve',
    kind: JOURNAL,
    unreadable: async (store, runId) => (runId === null ? [] : unreadableInJournal(store, runId)),
  }),
  kindAt({
    at: CURVES,
    name: 'A downsampled curve',
    kind: CURVE,
    // The downsampled curve can be rebuilt from the journal.
    unreadable: () => Promise.resolve([]),
  }),
  kindAt({ at: EVALUATIONS, name: 'An evaluation of a run', kind: EVALUATION }),
  kindAt({
    at: manifestKey(''),
    name: 'Data made from the texts',
    kind: DATA,
    keysWith: (store, key) => store.keys(shardsPrefix(key.slice(manifestKey('').length))),
  }),
  kindAt({ at: DRAFTS, name: 'Unfinished work', kind: DRAFT, unreadable: unreadableDrafts }),
  kindAt({ at: DEVICE_KEY, name: 'The chosen device', kind: DEVICE }),
  kindAt({ at: DEVICE_MEMORIES, name: 'The memory limit', kind: DEVICE_MEMORY }),
  kindAt({ at: TILINGS_KEY, name: 'A measurement of this machine', kind: TILINGS }),
];

/** Kind of the record under a key; undefined for bytes and unknown keys. */
export const kindOf = (key: string): KindAt | undefined => KINDS.find(({ at }) => isAt(at, key));
export function isAt(at: string, key: string): boolean {
  const [before, after] = at.split('*') as [string, string?];
  if (after !== undefined)
    return key.startsWith(before) && key.slice(key.indexOf('/', before.length)).startsWith(after);
  return at.endsWith('/') ? key.startsWith(at) : key === at;
}

/** Unreadable lists of saved steps, and saved steps, also if their list is missing. */
async function unreadableSteps(store: BlobStore): Promise<readonly Unreadable[]> {
  const damaged: Unreadable[] = [];
  const ids = [HEADS, MANIFESTS].map(async (at) => (await store.keys(at)).map((key) => key.split('/')[1]!));
  const runs = new Set((await Promise.all(ids)).flat().filter(isRunId));
  const lists: Unreadable[] = [];
  // Sequential, so that a person's requests don't wait for hundreds of runs.
  for (const runId of runs) {
    const { unreadable } = await readAll([headKey(runId)], async () => {
      damaged.push(...(await surveySnapshots(store, runId)).damaged);
      return undefined;
    });
    lists.push(...unreadable);
  }
  return [...lists, ...damaged];
}
