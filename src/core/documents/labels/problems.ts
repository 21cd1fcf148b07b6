/** Problems of labels: some prevent training, some need a decision, and some are cautions. */
import { counted, formatCount, formatShare } from '../../base/units';
import { MAX_CLASSIFIER_LABELS } from '../../base/limits';
import { longEvidence, longJudgement } from '../../base/longTexts';
import { leakWords } from './leakWords';
import { listed, named } from './named';
import type { LabelSurvey } from './survey';

export interface LabelProblem {
  /** Training is impossible, waits for an answer, or continues with a caution. */
  kind: 'refused' | 'asked' | 'note';
  what: 'none' | 'one' | 'many' | 'swapped' | 'single' | 'empty' | 'unlabeled' | 'alike' | 'contrary' | 'leak' | 'long';
  /** Full sentences. */
  words: string;
  /** Advice for the user. */
  remedy?: string;
}

interface Answered {
  /** Minimum number of texts per label; with 1, labels with one text aren't asked about. */
  fewest?: number;
  /** Texts may have several labels, and the meaning of texts without one is undecided. */
  isNoneOpen?: boolean;
  /** Maximum tokens of a text. `isAtLeast`: counts are lower bounds, because the tokenizer isn't trained yet. */
  room?: number;
  isAtLeast?: boolean;
}

/** Returns the problems, most serious first. */
export function labelProblems(
  survey: LabelSurvey,
  { fewest = 2, isNoneOpen = false, room, isAtLeast = false }: Answered = {},
): readonly LabelProblem[] {
  const { texts, none, unlabeled, labels, alike, leaks, nearEqual, empty, long, areSwapped } = survey;
  const problems: LabelProblem[] = [];
  const add = (kind: LabelProblem['kind'], what: LabelProblem['what'], words: string, remedy?: string): void =>
    void problems.push({ kind, what, words, ...(remedy !== undefined && { remedy }) });
  if (labels.length === 0) {
    add(
      'refused',
      'none',
      noLabels(survey),
      'Add a table with a text column and a label column, or a folder for each label.',
    );
    return problems;
  }
  if (areSwapped)
    add(
      'asked',
      'swapped',
      `The label column has ${formatCount(labels.length)} different labels in ${counted(texts, 'text')}, and they are longer than the texts. Are the columns swapped?`,
      'Choose which column is the text, and which the label.',
    );
  const isAsked = isNoneOpen && unlabeled > 0;
  if (isAsked)
    add(
      'asked',
      'unlabeled',
      openWords(unlabeled),
      'If no label applies, the classifier learns to give none. Texts that aren’t labeled yet are left out of training.',
    );
  // One label is enough if there are texts to which it doesn't apply.
  if (labels.length === 1 && none === 0 && !isAsked)
    add(
      'refused',
      'one',
      `All ${counted(texts, 'text')} have the label ${named(labels[0]!.label)}. A classifier needs at least two labels.`,
      'Add texts with another label.',
    );
  if (labels.length > MAX_CLASSIFIER_LABELS)
    add(
      'refused',
      'many',
      `${counted(texts, 'text')} have ${formatCount(labels.length)} labels; a classifier can have at most ${formatCount(MAX_CLASSIFIER_LABELS)}.`,
      'Choose another label column, or add a table with fewer labels.',
    );
  const single = labels.filter(({ count }) => count === 1);
  if (single.length > 0 && labels.length <= MAX_CLASSIFIER_LABELS && !areSwapped && fewest > 1)
    add(
      'asked',
      'single',
      single.length === 1
        ? `Only one text has the label ${named(single[0]!.label)}, so it can’t be in both training and validation.`
        : `${formatCount(single.length)} labels have only one text, such as ${listed(single.map(({ label }) => label))}, so they can’t be in both training and validation.`,
      single.length === 1
        ? 'Add more texts with it, merge it into another label, leave it out, or keep it without validation.'
        : 'Add more texts with them, merge them into other labels, leave them out, or keep them without validation.',
    );
  for (const { names, as } of alike)
    add(
      'note',
      'alike',
      `The labels ${listed(names)} look like the same label.`,
      `If they are, merge them into ${named(as)}.`,
    );
  for (const { words, remedy } of leakWords(leaks)) add('note', 'leak', words, remedy);
  if (nearEqual.contrary > 0)
    add('note', 'contrary', `${counted(nearEqual.contrary, 'text')} nearly match a text with another label.`);
  if (long > 0 && room !== undefined)
    add(
      'note',
      'long',
      `${isAtLeast ? 'At least ' : ''}${longJudgement({ texts: long })} (${formatShare(long / texts)}). ${longEvidence({ room })}.`,
      'Split them into windows and average the scores, or read more tokens.',
    );
  if (empty > 0) add('note', 'empty', `${counted(empty, 'empty text')} left out.`);
  if (unlabeled > 0 && !isAsked) add('note', 'unlabeled', `${counted(unlabeled, 'unlabeled text')} left out.`);
  return problems;
}

function noLabels({ none, empty, unlabeled }: LabelSurvey): string {
  if (none > 0) return `No label applies to any of the ${counted(none, 'text')}.`;
  return empty === 0 ? `None of the ${counted(unlabeled, 'text')} has a label.` : 'All labeled texts are empty.';
}

/** Question about texts without a label in a table whose texts may have several. */
export const openWords = (unlabeled: number): string =>
  unlabeled === 1
    ? '1 text has no label: does no label apply, or isn’t it labeled yet?'
    : `${counted(unlabeled, 'text')} have no label: does no label apply, or aren’t they labeled yet?`;
