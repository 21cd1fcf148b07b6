/** What a model can be tuned to: a tab each. One more is a file that shows what it would learn, and a line here. */
import type { ComponentType } from 'react';
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
  pane?: ComponentType<{ situation: Situation }>;
}

export const KINDS: Readonly<Record<Purpose, Kind>> = {
  adapt: {
    label: 'Adapt',
    words: 'The model goes on with text of a kind that it has seen little of, and what it forgets by that is measured',
    learnt: 'new text',
    pane: TextsPane,
  },
  instruct: {
    label: 'Instruct',
    words: 'The model learns to answer, from questions with their answers: of each row the answer alone is learnt',
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
