/**
 * Minimal pairs: an English sentence and a copy with a single error. A good model finds the first likelier. Generated
 * by rules of ten kinds with common words, like BLiMP (Warstadt et al. 2020, arXiv:1912.00582).
 */
import { upperFirst } from '../base/firstLetter';

export interface SentencePair {
  kind: string;
  /** The correct sentence, or the first of two that only differ. */
  first: string;
  second: string;
}

const ANIMALS = ['dog', 'cat', 'horse', 'bird', 'cow', 'goat'];
const PEOPLE = ['boy', 'girl', 'doctor', 'king', 'sailor', 'teacher'];
const PLACES = ['house', 'ship', 'river', 'garden', 'school', 'road'];
const ADJECTIVES = ['small', 'old', 'white', 'dark', 'great', 'quiet'];
/** Infinitive, past tense and past participle. */
const VERBS = [
  ['see', 'saw', 'seen'],
  ['take', 'took', 'taken'],
  ['know', 'knew', 'known'],
  ['eat', 'ate', 'eaten'],
  ['draw', 'drew', 'drawn'],
  ['choose', 'chose', 'chosen'],
] as const;
const VOWEL_NOUNS = ['apple', 'island', 'old man', 'hour', 'enemy', 'empty room'];

const PER_KIND = 30;

/** Ten kinds with 30 pairs each; deterministic. */
export const minimalPairs = (): readonly SentencePair[] =>
  Object.entries(KINDS).flatMap(([kind, make]) =>
    Array.from({ length: PER_KIND }, (_, i) => {
      // Cycles through all values of both words without repeating a combination.
      const [a, b] = [i % 6, (i + Math.floor(i / 6)) % 6];
      const [first, second] = make(a, b, i);
      return { kind, first, second };
    }),
  );

type Make = (a: number, b: number, i: number) => readonly [string, string];
const KINDS: Readonly<Record<string, Make>> = {
  'subject and verb': (a, b, i) => {
    const [noun, place] = [[...ANIMALS, ...PEOPLE][2 * a + (i % 2)]!, PLACES[b]!];
    return i % 2 === 0
      ? [`The ${noun} is in the ${place}.`, `The ${noun} are in the ${place}.`]
      : [`The ${noun}s are in the ${place}.`, `The ${noun}s is in the ${place}.`];
  },
  'subject and verb with a noun between': (a, b, i) => {
    const [noun, place] = [PEOPLE[a]!, PLACES[b]!];
    return i % 2 === 0
      ? [`The ${noun} near the ${place}s was here.`, `The ${noun} near the ${place}s were here.`]
      : [`The ${noun}s near the ${place} were here.`, `The ${noun}s near the ${place} was here.`];
  },
  'determiner and noun': (a, b, i) => {
    const [adjective, noun] = [ADJECTIVES[a]!, PLACES[b]!];
    return i % 2 === 0
      ? [`We found this ${adjective} ${noun}.`, `We found these ${adjective} ${noun}.`]
      : [`We found those ${adjective} ${noun}s.`, `We found that ${adjective} ${noun}s.`];
  },
  'adjective and noun': (a, b) => [
    `There was a ${ADJECTIVES[a]!} ${PLACES[b]!} by the sea.`,
    `There was a ${PLACES[b]!} ${ADJECTIVES[a]!} by the sea.`,
  ],
  'order of auxiliary and verb': (a, b) => [
    `The ${PEOPLE[b]!} has ${VERBS[a]![2]} it.`,
    `The ${PEOPLE[b]!} ${VERBS[a]![2]} has it.`,
  ],
  'form after an auxiliary': (a, b, i) => {
    const [plain, past, participle] = VERBS[a]!;
    return i % 2 === 0
      ? [`The ${PEOPLE[b]!}s have ${participle} it.`, `The ${PEOPLE[b]!}s have ${past} it.`]
      : [`The ${PEOPLE[b]!}s will ${plain} it.`, `The ${PEOPLE[b]!}s will ${past} it.`];
  },
  'time and tense': (a, b, i) => {
    const [plain, past] = VERBS[a]!;
    return i % 2 === 0
      ? [`Yesterday the ${PEOPLE[b]!}s ${past} it.`, `Yesterday the ${PEOPLE[b]!}s will ${plain} it.`]
      : [`Tomorrow the ${PEOPLE[b]!}s will ${plain} it.`, `Tomorrow the ${PEOPLE[b]!}s ${past} it.`];
  },
  'case of pronouns': (a, b, i) => {
    const [subject, object] = [
      ['He', 'him'],
      ['She', 'her'],
      ['They', 'them'],
    ][i % 3]!;
    const wrong = upperFirst(object!);
    const rest = `${VERBS[a]![1]} the ${ANIMALS[b]!}.`;
    return [`${subject!} ${rest}`, `${wrong} ${rest}`];
  },
  negation: (a, b) => [
    `The ${PEOPLE[b]!} did not ${VERBS[a]![0]} it.`,
    `The ${PEOPLE[b]!} not did ${VERBS[a]![0]} it.`,
  ],
  'a and an': (a, b, i) =>
    i % 2 === 0
      ? [`The ${PEOPLE[a]!} saw an ${VOWEL_NOUNS[b]!}.`, `The ${PEOPLE[a]!} saw a ${VOWEL_NOUNS[b]!}.`]
      : [`The ${PEOPLE[a]!} saw a ${PLACES[b]!}.`, `The ${PEOPLE[a]!} saw an ${PLACES[b]!}.`],
};
