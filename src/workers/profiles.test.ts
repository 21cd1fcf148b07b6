import { expect, test } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { documentsOf, importText, pastedText, textOf } from '../core/documents';
import { makePlan } from '../core/plan/plan';
import { trigramWords } from '../core/plan/planWords';
import { type KnownProfile, profiles } from './profiles';
import sampleProfiles from './sampleProfiles.json';

async function stored() {
  const store = memoryStore();
  const source = pastedText('whale.txt', 'The whale is large. '.repeat(200));
  const imported = await importText(source, store, { addedAt: 0 }, unwatched);
  if (imported.kind !== 'added') throw new Error(imported.kind);
  return { store, ids: [imported.text.id] };
}

test('two concurrent plans read a text once', async () => {
  const { store, ids } = await stored();
  const profileOf = profiles();
  const [one, two] = await Promise.all([profileOf(store, ids, unwatched), profileOf(store, ids, unwatched)]);
  expect(one.bytes).toBe(4000);
  expect(two).toBe(one);
  expect(await profileOf(store, ids, unwatched)).toBe(one);
});

test('if the first plan is canceled, the other still reads the text, and later ones too', async () => {
  const { store, ids } = await stored();
  const profileOf = profiles();
  const stop = new AbortController();
  const first = profileOf(store, ids, { ...unwatched, signal: stop.signal });
  const second = profileOf(store, ids, unwatched);
  stop.abort();
  await expect(first).rejects.toThrow();
  expect((await second).bytes).toBe(4000);
  expect(await profileOf(store, ids, unwatched)).toBe(await second);
});

test('a known profile is used without reading the text, unless training uses another part of it', async () => {
  const { store, ids } = await stored();
  const [document] = await documentsOf(store, await textOf(store, ids[0]!));
  const profile = { bytes: 4000, vocabularies: [], trigramBits: 2, repeated: 0.5 };
  const profiled = (known: KnownProfile) => profiles([known])(store, ids, unwatched);
  expect(await profiled({ sha256: document!.sha256, profile })).toBe(profile);
  expect((await profiled({ sha256: document!.sha256, profile: { ...profile, bytes: 2000 } })).repeated).not.toBe(0.5);
  expect((await profiled({ sha256: 'another', profile })).repeated).not.toBe(0.5);
});

test('on each sample a plan beats a trigram model or says how long that takes, and its context is at least 64', () => {
  for (const { profile } of sampleProfiles as readonly KnownProfile[])
    for (const gigaflops of [10, 30, 300]) {
      const device = { kind: 'wasm', gigaflops } as const;
      const plan = makePlan({ text: profile, held: 0.1, device, seconds: 300 });
      expect(trigramWords(plan.trigram!, plan.seconds)).toMatch(/should beat it\.$|beating it takes about \d+ min\.$/);
      expect(plan.model.config.context).toBeGreaterThanOrEqual(64);
    }
});
