/** Follows every field of a run through the store, an export, an import, a fork and a resumed folder. */
import { beforeAll, describe, expect, test } from 'vitest';
import { resumedRun } from '../../../node/folders/savedRun';
import { type BlobStore, memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import type { z } from '../base/zod';
import { loadSnapshot } from '../checkpoint/checkpoint';
import type { Snapshot } from '../checkpoint/snapshot';
import { OF_STEP, readRunInfo, type RunInfo, runInfoSchema } from '../export/homegrownJson';
import { exportRun, importRun } from '../export/run';
import { bytesSource, readBytes } from '../files/byteSource';
import { RUN_FIELD_NAMES, storeFullRun } from '../../testing/fullRun';
import { createTokenizer } from '../tokenizer/byteLevel';
import { forkRun } from './fork';
import { readKnownRun, RUN, type RunRecord } from './record';
import { RUN_FIELDS, type RunField } from './runFields';
import { dataOf, recipeOf } from './segments';

type Name = keyof RunRecord;

/** Fields that the file has in another form: their value in the file, and after an import. */
const CONVERTED: Partial<
  Record<Name, { file(run: RunRecord): Partial<RunInfo>; imported(run: RunRecord): Partial<RunRecord> }>
> = {
  id: { file: ({ id }) => ({ id }), imported: () => ({ id: 'imported' }) },
  parent: {
    file: ({ parent: { runId: id, ...parent } = MISSING }) => ({ parent: { id, ...parent } }),
    // Keeps the original's own parent, but not that its moments began at zero.
    imported: ({ id, step, name, parent: { how, ...parent } = MISSING }) => ({
      parent: { runId: id, step, how: 'import', name, began: { step: parent.step, how: how as 'fork', name: parent.name } }, // prettier-ignore
    }),
  },
  tokenizer: {
    file: ({ tokenizer: { kind, roles } }) => ({ tokenizer: kind, roles: roles! }),
    imported: ({ tokenizer }) => ({ tokenizer }),
  },
  trainable: {
    file: ({ trainable }) => ({ trainable: trainable! }),
    imported: ({ trainable }) => ({ trainable: trainable! }),
  },
  decision: {
    file: ({ decision }) => ({ decision: decision! }),
    imported: ({ decision }) => ({ decision: decision! }),
  },
  old: {
    file: ({ old }) => ({ replayed: old!.facts! }),
    imported: ({ old }) => ({ old: { id: null, facts: old!.facts } }),
  },
  segments: {
    file: ({ segments }) => ({
      segments: segments.map((each) => ({ ...each, data: each.data.facts })) as unknown as RunInfo['segments'],
    }),
    imported: ({ segments }) => ({
      segments: segments.map((each) => ({ ...each, data: { id: null, facts: each.data.facts } })) as unknown as RunRecord['segments'], // prettier-ignore
    }),
  },
};
const MISSING = undefined as unknown as NonNullable<RunRecord['parent']>;

const fields: Record<Name, RunField> = RUN_FIELDS;
const isShared = (name: Name): boolean => 'file' in fields[name];
const isConverted = (name: Name): boolean => Object.hasOwn(CONVERTED, name);
/** Fields that a fork copies. Device, parent and segments are inputs of the fork. */
const copied = RUN_FIELD_NAMES.filter(
  (name) => !fields[name].isOwn && !['device', 'parent', 'segments'].includes(name),
);

describe('a run with every field set', () => {
  let record: RunRecord;
  let file: RunInfo;
  let imported: RunRecord;
  let snapshot: Snapshot;
  /** A fork of the run, and one of its import. */
  let forks: readonly (readonly [of: RunRecord, fork: RunRecord])[];

  beforeAll(async () => {
    const store = memoryStore();
    record = await storeFullRun(store);
    const options = { withOptimizer: true, template: () => Promise.reject(new Error('Not used')) };
    const { files } = await exportRun(store, record.id, 'latest', 'hf', options);
    const given = await Promise.all(
      files.map(async (each) => ({ name: each.name, source: bytesSource(await readBytes(each)) })),
    );
    const bytes = await readBytes(files.find(({ name }) => name === 'homegrown.json')!);
    file = await readRunInfo('homegrown.json', JSON.parse(new TextDecoder().decode(bytes)));
    const other = memoryStore();
    await importRun(other, { runId: 'imported', projectId: 'first' }, given, 99, unwatched);
    imported = await readKnownRun(other, 'imported');
    snapshot = (await loadSnapshot(other, 'imported')).snapshot;
    forks = [
      [record, await forkOf(store, record)],
      [imported, await forkOf(other, imported)],
    ];
    expect(await readKnownRun(store, record.id)).toEqual(record);
  });

  test('the record has exactly the listed fields, all set, and each field that the file lacks has a reason', () => {
    expect(Object.keys((RUN.schema as unknown as z.ZodObject).shape)).toEqual(RUN_FIELD_NAMES);
    expect(RUN_FIELD_NAMES.filter((name) => record[name] === undefined)).toEqual([]);
    for (const field of Object.values(fields)) if (!('file' in field)) expect(field.why).toMatch(/^[A-Z].+\.$/);
  });

  test.each(RUN_FIELD_NAMES.filter(isShared))('%s is the same in the file and in an import', (name) => {
    expect(file).toHaveProperty(name, record[name]);
    expect(imported).toHaveProperty(name, record[name]);
  });

  test.each(RUN_FIELD_NAMES.filter((name) => !isShared(name) && !isConverted(name)))(
    '%s is not in the file',
    (name) => {
      if (name !== 'version') expect(file).not.toHaveProperty(name);
    },
  );

  test.each(Object.entries(CONVERTED))('%s has another form in the file, and an import restores it', (_, converted) => {
    expect(file).toMatchObject(converted.file(record));
    expect(imported).toMatchObject(converted.imported(record));
  });

  test.each(copied)('a fork copies %s', (name) => {
    for (const [of, fork] of forks) expect(fork[name]).toEqual(of[name]);
  });

  test("a fork starts without a person's words on the original, and without its temperature", () => {
    for (const [of, fork] of forks) {
      expect(fork).toMatchObject({ tags: [], note: '', name: 'Fork', device: 'CPU', step: 3, status: 'running' });
      expect(fork.decision).toEqual({ temperature: 1, atLeast: 0.8 });
      expect(fork.parent).toEqual({ runId: of.id, step: 3, how: 'fork', name: 'Full run' });
      expect(fork).not.toHaveProperty('removedAt');
    }
  });

  test.each([null, { id: 'other', createdAt: 200 }])(
    'a folder resumed as %j keeps all information on its run',
    async (own) => {
      const documents = [{ text: 'a'.repeat(64), title: ['Title'], sha256: ['b'.repeat(64)] }];
      const given = { ...file, documents, status: 'stopped', ...ofStep() } as RunInfo;
      const unset = Object.keys(runInfoSchema.shape).filter((name) => !Object.hasOwn(given, name));
      expect(unset).toEqual(['split', 'normalizers', 'chatTemplate']); // a tokenizer of bytes has none of these
      const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
      const past = {
        folder: 'folder',
        info: given,
        data: dataOf(given)!,
        tokenizer,
        snapshot,
        events: [],
        local: null,
      };
      const { info } = resumedRun(past, { ...recipeOf(given), steps: 9 }, own);
      const changed = own ? ['id', 'createdAt', 'parent', 'segments', 'decision'] : ['segments'];
      for (const [name, value] of Object.entries(given)) {
        if ((OF_STEP as readonly string[]).includes(name)) expect(info).not.toHaveProperty(name);
        else if (!changed.includes(name)) expect(info, name).toHaveProperty(name, value);
      }
      expect(recipeOf(info).steps).toBe(9);
      const { atLeast } = given.decision!;
      const ofFork = {
        parent: { id: file.id, step: 3, how: 'fork', name: file.name },
        decision: { temperature: 1, atLeast },
      };
      if (own) expect(info).toMatchObject({ ...own, ...ofFork });
    },
  );
});

async function forkOf(store: BlobStore, { id, step, segments }: RunRecord): Promise<RunRecord> {
  const own = { runId: 'fork', projectId: 'first', name: 'Fork', createdAt: 100 };
  await forkRun(store, { ...own, from: { runId: id, step }, recipe: recipeOf({ segments }) }, 'CPU');
  return readKnownRun(store, 'fork');
}

/** Evaluations of the step. */
const ofStep = () => ({
  bestNotKept: { step: 1, loss: 1 },
  evaluations: [{ part: 'test', look: 1, madeAt: 5, tokens: 9, documents: 1, bytes: 9, metrics: {}, baselines: {} }],
  asked: { madeAt: 5 },
});
