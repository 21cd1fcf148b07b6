/** The parts of a model card that a person can say better: what is said where they have said nothing. */
import { formatCount } from '../base/units';
import { modelSpec } from '../models';
import type { CardPart } from '../runs/card';
import type { RunInfo } from './homegrownJson';
import { DOES } from './kinds';
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
  switch (part) {
    case 'about':
      return '';
    case 'use':
      return (
        'Experiments, teaching and play with language like that of the text it learnt from. ' +
        `${DOES[modelSpec(id).kind].words}, in the manner of that text.`
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
        `${DOES[modelSpec(id).kind].words} in the manner of what it learnt from, and knows nothing else. What it writes is written by a ` +
        'machine: it may be false, may hurt, and may repeat the training text word for word. It sees at most ' +
        `${formatCount(config.context)} tokens at once, ${chats ? 'answers as it was tuned to' : 'follows no instructions'} and has had no safety ` +
        'training. What it learnt of people, it learnt from that text, with its views, errors and gaps.'
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
