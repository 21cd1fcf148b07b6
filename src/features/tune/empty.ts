/** Empty states of the page without a model or data, by purpose. */
import type { ComponentType } from 'react';
import type { Purpose } from '../../core/runs/tuning';
import { ExampleChats } from './ExampleChats';
import { ExampleText } from './ExampleText';

interface Empty {
  /** The page's own figure with example data. */
  figure: ComponentType;
  /** One sentence: what the page is for. */
  words: string;
}

/** A classifier needs no model, and its page has a figure in each pane. */
export const EMPTY: Readonly<Record<Exclude<Purpose, 'classify'>, Empty>> = {
  adapt: { figure: ExampleText, words: 'Teach your model a new kind of text, and see what it forgets' },
  instruct: { figure: ExampleChats, words: 'Teach your model to answer, from chats with questions and answers' },
};
