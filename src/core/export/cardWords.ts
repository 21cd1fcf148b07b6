/** Sections of a model card that a person can edit, with their default text. */
import { formatCount } from '../base/units';
import type { CardPart } from '../runs/card';
import type { RunInfo } from './homegrownJson';
import { DOES, kindOf } from './kinds';
import { plain } from './markdown';

/** Headings of the parts. In the card, the first part follows the title without its heading. */
export const CARD_HEADINGS: Readonly<Record<CardPart, string>> = {
  about: 'About this model',
  use: 'Intended use',
  misuse: 'Out-of-scope use',
  limits: 'Limitations',
};

/** Default text of a part, as plain text rather than Markdown. */
export function usualWords(part: CardPart, { id, config }: RunInfo['model'], chats = false): string {
  const model = { id, config };
  if (config.classes) return ofClassifier(part, config);
  switch (part) {
    case 'about':
      return '';
    case 'use':
      return `Experiments and teaching, with text like the training text. ${DOES[kindOf(model)].words}, in the style of that text.`;
    case 'misuse':
      return (
        'Do not rely on it for facts, for advice on health, law or money, or to judge or decide about people. Do not pass off ' +
        'its text as a person’s: say that a machine wrote it. Do not use it to imitate people without their consent, to ' +
        'deceive or to harm. This model gives you no rights to its training text.'
      );
    case 'limits':
      return (
        `The model knows only its training text, with that text’s views, errors and gaps. Its output is written by a machine: it ` +
        'may be false or offensive, and may repeat the training text word for word. Its context is ' +
        `${formatCount(config.context)} tokens. It ${chats ? 'answers as it was tuned to' : 'follows no instructions'} and has had no safety ` +
        'training.'
      );
  }
}

/** Default text of a part for a classifier. */
function ofClassifier(part: CardPart, { context }: RunInfo['model']['config']): string {
  switch (part) {
    case 'about':
      return '';
    case 'use':
      return (
        'Sorting, filtering and searching texts like its training texts, where a person checks uncertain results and can undo ' +
        'its decisions.'
      );
    case 'misuse':
      return (
        'It must not decide alone about health, law, money, work, school or people. Do not use it to infer what people are, ' +
        'think or feel, and do not treat its labels as facts about the author of a text. This model gives you no rights to its ' +
        'training texts.'
      );
    case 'limits':
      return (
        'It labels every text, even one of a kind or in a language that it was not trained on, and may be confident and wrong ' +
        'there. It relies on words that occurred with a label, not on meaning, and repeats the errors and views of the people ' +
        'who labeled the training texts. It is least accurate on rare labels: see the results for each label. Its context is ' +
        `${formatCount(context)} tokens.`
      );
  }
}

/** Section as Markdown: the person's text, or else the default, as plain paragraphs. */
export function partOf(part: CardPart, info: Pick<RunInfo, 'model' | 'card' | 'chatTemplate'>): string {
  const words = info.card?.[part] ?? usualWords(part, info.model, info.chatTemplate !== undefined);
  return words
    .split(/\n{2,}/)
    .map((paragraph) => plain(paragraph).trim())
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
}
