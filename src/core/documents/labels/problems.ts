/** What of labels keeps a classifier from being trained, what a person must be asked, and what should be known before. */
import { counted, formatCount, formatShare } from '../../base/units';
import { MOST_LABELS } from '../../base/limits';
import { longEvidence, longJudgement } from '../../base/longTexts';
import { leakWords } from './leakWords';
import { listed, named } from './named';
import type { LabelSurvey } from './survey';

export interface LabelProblem {
  /** Nothing can be trained; it can be once a person has said what is meant; or it can be, and this is said. */
  kind: 'refused' | 'asked' | 'told';
  what:
    | 'none'
    | 'one'
    | 'many'
    | 'swapped'
    | 'single'
    | 'empty'
    | 'unlabelled'
    | 'alike'
    | 'contrary'
    | 'leak'
    | 'long';
  /** Sentences. */
  words: string;
  /** What a person can do. */
  remedy?: string;
}

export interface Answered {
  /** Texts that a label is to have; of one text it is not asked where a person said 1. */
  fewest?: number;
  /** Texts may have several labels, and nobody has said what those are that have none. */
  isNoneOpen?: boolean;
  /** Tokens beyond which a text is cut; where the tokenizer is yet to be made, the least that texts have is known of them. */
  room?: number;
  isAtLeast?: boolean;
}

/** The gravest first. */
export function labelProblems(
  survey: LabelSurvey,
  { fewest = 2, isNoneOpen = false, room, isAtLeast = false }: Answered = {},
): readonly LabelProblem[] {
  const { texts, none, unlabelled, labels, alike, leaks, nearEqual, empty, long, areSwapped } = survey;
  const problems: LabelProblem[] = [];
  const add = (kind: LabelProblem['kind'], what: LabelProblem['what'], words: string, remedy?: string): void =>
    void problems.push({ kind, what, words, ...(remedy !== undefined && { remedy }) });
  if (labels.length === 0) {
    const nothing =
      none > 0
        ? `All ${counted(none, 'text')} are examples of none.`
        : empty === 0
          ? `Of ${counted(unlabelled, 'text')} none has a label.`
          : 'No text with a label has a token.';
    add(
      'refused',
      'none',
      nothing,
      'Give a table with a column of texts and one of labels, or a folder of texts for each label.',
    );
    return problems;
  }
  if (areSwapped)
    add(
      'asked',
      'swapped',
      `The column of labels has ${formatCount(labels.length)} different ones in ${counted(texts, 'text')}, which are longer than the texts: are the two columns the other way round?`,
      'Say which column is the text, and which the label.',
    );
  const isAsked = isNoneOpen && unlabelled > 0;
  if (isAsked)
    add(
      'asked',
      'unlabelled',
      openWords(unlabelled),
      'Examples of none are learnt and held out like the others, so that it can say of a text that it has none; what is not labelled yet is left out, and can be labelled later.',
    );
  // Whether a text has the only one can be learnt where others have none.
  if (labels.length === 1 && none === 0 && !isAsked)
    add(
      'refused',
      'one',
      `All ${counted(texts, 'text')} have the label ${named(labels[0]!.label)}, and two are needed to tell them apart.`,
      'Give texts of another label too.',
    );
  if (labels.length > MOST_LABELS)
    add(
      'refused',
      'many',
      `There are ${formatCount(labels.length)} labels in ${counted(texts, 'text')}, and a classifier has ${formatCount(MOST_LABELS)} at most.`,
      'Choose another column as the label, or give a table of fewer.',
    );
  const single = labels.filter(({ count }) => count === 1);
  if (single.length > 0 && labels.length <= MOST_LABELS && !areSwapped && fewest > 1)
    add(
      'asked',
      'single',
      single.length === 1
        ? `The label ${named(single[0]!.label)} is in one text only: it can be learnt or held out, not both.`
        : `${formatCount(single.length)} labels are in one text only, such as ${listed(single.map(({ label }) => label))}: each can be learnt or held out, not both.`,
      single.length === 1
        ? 'Give more texts of it, join it with another label, leave it out, or keep it and do not have it judged.'
        : 'Give more texts of them, join them with other labels, leave them out, or keep them and do not have them judged.',
    );
  for (const { names, as } of alike)
    add('told', 'alike', `The labels ${listed(names)} read like one.`, `Join them as ${named(as)}, if they are.`);
  for (const { words, remedy } of leakWords(leaks)) add('told', 'leak', words, remedy);
  if (nearEqual.contrary > 0)
    add('told', 'contrary', `${counted(nearEqual.contrary, 'text')} are nearly equal to a text of another label.`);
  if (long > 0 && room !== undefined)
    add(
      'told',
      'long',
      `${isAtLeast ? 'At least ' : ''}${longJudgement({ texts: long })} (${formatShare(long / texts)}). ${longEvidence({ room })}.`,
      'Read them in windows and average the scores, or read more tokens.',
    );
  if (empty > 0)
    add(
      'told',
      'empty',
      `${counted(empty, 'text')} ${empty === 1 ? 'has' : 'have'} no token, and ${empty === 1 ? 'is' : 'are'} left out.`,
    );
  if (unlabelled > 0 && !isAsked)
    add(
      'told',
      'unlabelled',
      `${counted(unlabelled, 'text')} without a label ${unlabelled === 1 ? 'is' : 'are'} left out.`,
    );
  return problems;
}

/** What is asked of texts that may have several labels and have none. */
export const openWords = (unlabelled: number): string =>
  unlabelled === 1
    ? '1 text has no label: is it an example of none, or not labelled yet?'
    : `${counted(unlabelled, 'text')} have no label: are they examples of none, or not labelled yet?`;
