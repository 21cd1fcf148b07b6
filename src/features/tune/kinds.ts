/** What a model can be tuned to: a tab each. One more is a file that shows what it would learn, and a line here. */
import type { ComponentType } from 'react';
import type { Adding } from './Adding';
import { type Purpose, PURPOSES } from '../../core/runs/tuning';
import { ChatsPane } from './ChatsPane';
import type { Situation } from './situation';
import { TextsPane } from './TextsPane';

export interface Kind {
  label: string;
  /** What it is for, where nothing is there yet. */
  words: string;
  /** Of the line that is drawn for what is learnt. */
  learnt: string;
  /** Absent: it has a page of its own. */
  pane?: ComponentType<{ situation: Situation; adding: Adding }>;
}

export const KINDS: Readonly<Record<Purpose, Kind>> = {
  adapt: {
    label: 'Adapt',
    words: 'The model trains on a new kind of text, and the app measures what it forgets',
    learnt: 'new text',
    pane: TextsPane,
  },
  instruct: {
    label: 'Instruct',
    words: 'The model learns to answer: it trains on the answers only, not on the questions',
    learnt: 'chats',
    pane: ChatsPane,
  },
  classify: {
    label: 'Classify',
    words: 'A classifier learns to put labels on texts, from texts that have them',
    learnt: 'labels',
  },
};

export const isPurpose = (word: string | null): word is Purpose => PURPOSES.some((each) => each === word);
