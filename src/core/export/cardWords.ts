/** The parts of a model card that a person can say better: what is said where they have said nothing. */
import { formatCount } from '../base/units';
import type { CardPart } from '../runs/card';
import type { RunInfo } from './homegrownJson';
import { DOES, kindOf } from './kinds';
import { plain } from './markdown';

/** Above each part; the first stands under the title. */
export const CARD_HEADINGS: Readonly<Record<CardPart, string>> = {
  about: 'About this model',
  use: 'Intended use',
  misuse: 'Misuse',
  limits: 'Limits',
};

/** In plain words, not in Markdown. */
export function usualWords(part: CardPart, { id, config }: RunInfo['model'], chats = false): string {
  const model = { id, config };
  if (config.classes) return ofClassifier(part, config);
  switch (part) {
    case 'about':
      return '';
    case 'use':
      return (
        'Experiments, teaching and play with language like that of the text it learnt from. ' +
        `${DOES[kindOf(model)].words}, in the manner of that text.`
      );
    case 'misuse':
      return (
        'Do not use it where something depends on its words being true: as a source of facts, for advice on health, law or ' +
        'money, or to judge or decide about people. Do not pass off what it writes as a person’s: say that a machine wrote ' +
        'it. Do not use it to imitate people without their leave, to deceive, or to harm. The rights in the text that it ' +
        'learnt from are not yours by having this model.'
      );
    case 'limits':
      return (
        `${DOES[kindOf(model)].words} in the manner of what it learnt from, and knows nothing else. What it writes is written by a ` +
        'machine: it may be false, may hurt, and may repeat the training text word for word. It sees at most ' +
        `${formatCount(config.context)} tokens at once, ${chats ? 'answers as it was tuned to' : 'follows no instructions'} and has had no safety ` +
        'training. What it learnt of people, it learnt from that text, with its views, errors and gaps.'
      );
  }
}

/** The same of a model that tells texts apart. */
function ofClassifier(part: CardPart, { context }: RunInfo['model']['config']): string {
  switch (part) {
    case 'about':
      return '';
    case 'use':
      return (
        'Sorting, filtering and searching texts like those that it learnt from, where a person looks at what it is not sure of, ' +
        'and can undo what it has done.'
      );
    case 'misuse':
      return (
        'It must not decide alone where much depends on it: on health, law, money, work or school, or about people at all. Do not ' +
        'use it to tell of people what they are, think or feel, and do not take its labels for facts about who wrote a text. The ' +
        'rights in the texts that it learnt from are not yours by having this model.'
      );
    case 'limits':
      return (
        'It gives every text one of its labels, or none, also a text of another kind or language than it has seen, and may then be ' +
        'sure and wrong. It goes by words that went with a label in what it learnt from, not by what a text means, and has the ' +
        'errors and views of whoever labelled those texts. What is rare there it knows worst: see the figures of each label. It ' +
        `sees at most ${formatCount(context)} tokens at once.`
      );
  }
}

/** A part as Markdown: the person's words, else the usual ones, as paragraphs of words. */
export function partOf(part: CardPart, info: Pick<RunInfo, 'model' | 'card' | 'chatTemplate'>): string {
  const words = info.card?.[part] ?? usualWords(part, info.model, info.chatTemplate !== undefined);
  return words
    .split(/\n{2,}/)
    .map((paragraph) => plain(paragraph).trim())
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
}
