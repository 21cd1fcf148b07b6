/** Rules that compare documents, or compare them with the user's input: language and relevance. */
import { expect, test } from 'vitest';
import { initialValues } from '../../../base/field';
import { type RuleId, ruleOf } from '../rules';
import type { DocumentFacts } from '../rules/rule';
import { Corpus, importance, documentCounts, logRatios } from './importance';
import { BUCKETS, NgramCounts } from './ngrams';
import { Samples } from './samples';

/** Verdicts of a rule on documents, in order. */
async function verdicts(
  id: RuleId,
  settings: Readonly<Record<string, unknown>>,
  texts: readonly (string | ({ text: string } & Partial<DocumentFacts>))[],
) {
  const working = await ruleOf(id).start({ ...initialValues(ruleOf(id).fields), ...settings } as never);
  const documents = texts.map((each) => (typeof each === 'string' ? { text: each } : each));
  const survey = working.survey?.();
  for (const { text } of documents) {
    survey?.see(text);
    survey?.end();
  }
  return documents.map(({ text, ...facts }) => {
    const on = working.document({ title: '', ...facts });
    on.see?.(text);
    return on.verdict!();
  });
}
const stays = async (...given: Parameters<typeof verdicts>) =>
  (await verdicts(...given)).map(({ out }) => out === undefined);

const ENGLISH =
  'Call me Ishmael. Some years ago, never mind how long precisely, having little or no money in my purse, and nothing particular to interest me on shore, I thought I would sail about a little and see the watery part of the world. It is a way I have of driving off the spleen, and regulating the circulation. Whenever I find myself growing grim about the mouth I go to sea.\n';
const GERMAN =
  'Nennt mich Ismael. Ein paar Jahre ist es her, gleichgültig wie lange genau, da hatte ich wenig oder gar kein Geld im Beutel, und an Land reizte mich nichts Besonderes, und so dachte ich mir, ich wollte ein wenig herumsegeln und mir den wässerigen Teil der Welt besehen. Das ist so meine Art, mir die Grillen zu vertreiben und den Kreislauf in Schwung zu bringen.\n';
/** Long enough for one sample. */
const long = (text: string) => text.repeat(20).slice(0, 5000);

test('keeps a document with the minimum share of samples in the languages', async () => {
  const mixed = long(ENGLISH) + long(GERMAN);
  expect(await stays('language', { languages: 'en' }, [ENGLISH, GERMAN, mixed])).toEqual([true, false, true]);
  expect(await stays('language', { languages: 'en', sure: 0.51 }, [mixed])).toEqual([false]);
  expect(await stays('language', { languages: 'Deutsch, eng' }, [ENGLISH, GERMAN, mixed])).toEqual([true, true, true]);
  const [, german] = await verdicts('language', { languages: 'en' }, [ENGLISH, mixed + long(GERMAN)]);
  expect(german).toEqual({
    scores: { sure: expect.closeTo(1 / 3, 2) as number },
    out: '33.3 % is clearly in English; the minimum is 50 %; most is in German',
  });
});

test('defaults to the most common language, counted by documents', async () => {
  const texts = [GERMAN, long(ENGLISH).repeat(3), GERMAN + GERMAN];
  expect(await stays('language', {}, texts)).toEqual([true, false, true]);
  expect(await stays('language', {}, [...texts, ENGLISH, ENGLISH])).toEqual([false, true, false, true, true]);
  expect(await stays('language', {}, ['1851', '…'])).toEqual([true, true]);
});

test('judges a short document by its declared language, else by similar likelihood', async () => {
  // eld is sure that the first text is French.
  expect(await stays('language', { languages: 'en' }, ['Chapter 1', 'Der Wal', 'Кит', '1851'])).toEqual([
    true,
    false,
    false,
    true,
  ]);
  const own = (text: string, language: string) => ({ text, language });
  expect(
    await stays('language', { languages: 'en' }, [
      own('Chapter 1', 'fr'),
      own('Der Wal', 'en-GB'),
      own(GERMAN, 'en'),
      own('Chapter 1', 'tlh'),
    ]),
  ).toEqual([false, true, false, true]);
});

test('refuses an undetectable language, and lists the detectable ones', async () => {
  await expect(stays('language', { languages: 'en, Klingon' }, [])).rejects.toThrow(
    '“Klingon” isn’t one of the 60 languages that Homegrown detects.',
  );
  expect(
    await stays('language', { languages: 'nb' }, [
      'Hvalen er et stort dyr som lever i havet, og den puster luft som vi gjør. Den er ikke en fisk, og den har varmt blod.',
    ]),
  ).toEqual([true]);
});

test('samples the same positions for any passages', () => {
  const text = Array.from({ length: 4000 }, (_, i) => `${i},`).join('');
  const samplesOf = (size: number) => {
    const found: string[] = [];
    const samples = new Samples((sample) => found.push(sample));
    for (let at = 0; at < text.length; at += size) samples.see(text.slice(at, at + size));
    samples.end();
    return found;
  };
  const whole = samplesOf(text.length);
  expect(whole).toEqual([0, 5000, 10_000, 15_000].map((at) => text.slice(at, at + 200)));
  for (const size of [1, 7, 199, 200, 5001]) expect(samplesOf(size)).toEqual(whole);
});

const SEA = ['The whale swam in the sea.', 'A whale is in the sea, and the ship is near.', 'The ship sailed the sea.'];
const LAW = [
  'The court heard the case.',
  'A judge read the law, and the case was closed.',
  'The law is a judge of men.',
];

test('keeps the given share of documents, the most similar to the sample', async () => {
  const texts = [SEA[0]!, LAW[0]!, SEA[1]!, LAW[1]!, LAW[2]!, SEA[2]!];
  const sample = 'Whales live in the sea. The whale and the ship: a ship sailed.';
  expect(await stays('relevance', { sample }, texts)).toEqual([true, false, true, false, false, true]);
  for (const [share, staying] of [
    [1, 6],
    [0.67, 4],
    [1 / 6, 1],
    [0.001, 1],
  ] as const)
    expect((await stays('relevance', { sample, share }, texts)).filter(Boolean)).toHaveLength(staying);
  expect(await stays('relevance', { sample: ' \n' }, texts)).toEqual(texts.map(() => true));
  const [, law] = await verdicts('relevance', { sample }, texts);
  expect(law!.out).toMatch(/^similarity −\d+\.?\d*; the most similar 50 % have at least −?\d+\.?\d*$/);
});

test('importance is the log ratio of word and pair frequencies, computed by hand', () => {
  const counted = (text: string) => {
    const counts = new NgramCounts();
    counts.add(text);
    return counts;
  };
  // Counts: a, b, "a b" and a, c, "a c". In the first document of both, "a" is as likely in the target as in all.
  const target = counted('A b');
  const corpus = new Corpus();
  for (const text of ['a b', 'a c']) corpus.add(counted(text));
  const ratios = logRatios(target, corpus);
  const third = 1 / 3 + 1e-8;
  const sixth = 1 / 6 + 1e-8;
  const of = (text: string) => importance(documentCounts(counted(text)), ratios);
  expect(of('a b')).toBeCloseTo((2 * Math.log(third / sixth)) / 3, 12);
  expect(of('a c')).toBeCloseTo((2 * Math.log(1e-8 / sixth)) / 3, 12);
  expect(of('')).toBe(0);
  expect(corpus.threshold(0.5, ratios)).toBe(of('a b'));
});

test('estimates the threshold from a subset if documents exceed the limit, whatever their order', () => {
  const texts = Array.from(
    { length: 2000 },
    (_, i) => `whale ${'sea '.repeat(i % 7)} law${i} ${'ship '.repeat(i % 5)}`,
  );
  const target = new NgramCounts();
  target.add('whale sea ship');
  const cutOf = (all: readonly string[], max?: number) => {
    const corpus = new Corpus(max);
    for (const text of all) {
      const counts = new NgramCounts();
      counts.add(text);
      corpus.add(counts);
    }
    const ratios = logRatios(target, corpus);
    const cut = corpus.threshold(0.5, ratios);
    const scores = all.map((text) => {
      const counts = new NgramCounts();
      counts.add(text);
      return importance(documentCounts(counts), ratios);
    });
    return { cut, share: scores.filter((score) => score >= cut).length / all.length };
  };
  const exact = cutOf(texts);
  expect(exact.share).toBeGreaterThanOrEqual(0.5);
  const part = cutOf(texts, 3000);
  expect(part.share).toBeGreaterThan(0.4);
  expect(part.share).toBeLessThan(0.6);
  expect(cutOf([...texts].reverse(), 3000)).toEqual(part);
});

test('counts the same for any line-wise parts; in scripts without spaces, each character is a word', () => {
  const of = (...parts: string[]) => {
    const counts = new NgramCounts();
    for (const part of parts) counts.add(part);
    return { total: counts.total, hash: counts.hash, used: counts.used };
  };
  expect(of('The whale, 𝒳 said\n', 'it “swam…”\n', 'today')).toEqual(of('The whale, 𝒳 said\nit “swam…”\ntoday'));
  expect(of('鲸鱼在海').total).toBe(7);
  expect(of('a b.').total).toBe(5);
  expect(Math.max(...of('a b c d e f g h i j k').used)).toBeLessThan(BUCKETS);
});
