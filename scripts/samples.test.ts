import { expect, it } from 'vitest';
import known from '../src/workers/sampleProfiles.json';
import { sampleProfiles } from './sampleProfiles';
import { documentsOf, importText, trainingFacts, tableFormatOf } from '../src/core/documents';
import { memoryStore } from '../src/core/base/blobStore';
import { unwatched } from '../src/core/base/job';
import { dropped } from '../src/testing/drops';
import { labelOf, mailFiles } from './mails';
import { buildMails, buildSamples } from './samples';

it('are complete, in order, unique, and licensed', () => {
  const [moby, union, toy] = buildSamples();
  expect(toy!.text).toMatch(/^task,input,target\r\n(?:copy,copy ([a-z]{6}),\1\r\n)/);
  const rows = toy!.text
    .trim()
    .split('\r\n')
    .slice(1)
    .map((row) => row.split(','));
  expect(new Set(rows.map(([, input]) => input)).size).toBe(rows.length);
  for (const [task, input, target] of rows) {
    const letters = Array.from(input!.split(' ')[1]!);
    const solved = task === 'copy' ? letters : task === 'reverse' ? letters.toReversed() : letters.toSorted();
    if (target !== solved.join('')) throw new Error(`${input} is not ${target}`);
  }
  const chapters = moby!.text.match(/^CHAPTER (\d+)\./gm)!;
  expect(chapters).toEqual(Array.from({ length: 135 }, (_, i) => `CHAPTER ${i + 1}.`));
  expect(moby!.text.match(/Call me Ishmael\./g)).toHaveLength(1);
  expect(moby!.text.trimEnd()).toMatch(/only found another orphan\.$/);
  const years = union!.text.match(/^[A-Z][\w. ]+, \d{4}$/gm)!.map((line) => Number(line.slice(-4)));
  expect(years).toHaveLength(233);
  expect(years).toEqual(years.toSorted((a, b) => a - b));
  expect(union!.text.indexOf('Harry S Truman, 1953')).toBeLessThan(union!.text.indexOf('Dwight D Eisenhower, 1953'));
  for (const { sample, text } of [moby!, union!]) {
    expect(sample.licence).toMatch(/CC0/);
    expect(sample.characters).toBe(Array.from(text).length);
    expect(text.isWellFormed() && !text.includes('\ufffd') && !text.includes('\r')).toBe(true);
  }
});

it(
  'mails are all those of their package with their labels, without delivery headers',
  { timeout: 180_000 },
  async () => {
    const counts = new Map<string, number>();
    for (const file of mailFiles()) counts.set(labelOf(file), (counts.get(labelOf(file)) ?? 0) + 1);
    expect(counts).toEqual(
      new Map([
        ['ham', 2500 + 1400 + 250],
        ['spam', 500 + 1396],
      ]),
    );
    const [{ sample, text }, few] = (await buildMails()) as [Built, Built];
    expect(few.sample.description).toContain(`of ${few.text.match(/,(?:ham|spam)(?:\r\n|$)/g)!.length} emails`);
    const table = { format: tableFormatOf(sample.file), columns: sample.labels! };
    const store = memoryStore();
    const source = { ...dropped(sample.file, text, 2 ** 16), table };
    const imported = await importText(source, store, { addedAt: 0, labeledAs: {} }, unwatched);
    if (imported.kind !== 'added') throw new Error(imported.kind);
    expect(trainingFacts(imported.text).name).toBe(sample.file);
    const found = new Map<string, number>();
    for (const { fields } of await documentsOf(store, imported.text))
      found.set(fields!['label']!, (found.get(fields!['label']!) ?? 0) + 1);
    // One mail has neither a subject nor a body.
    expect(found).toEqual(counts.set('spam', 1895));
    // No line begins with a header that reveals the label, except in mails that quote another.
    expect(text.match(/^(?:X-Spam-Status|Received|Delivered-To): /gm)?.length ?? 0).toBeLessThan(60);
    expect(text.isWellFormed()).toBe(true);
  },
);

type Built = Awaited<ReturnType<typeof buildMails>>[0];

it('have the profiles that plans know', { timeout: 180_000 }, async () => {
  expect(known).toEqual(await sampleProfiles());
});
