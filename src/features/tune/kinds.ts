/** Tuning methods, one tab each. To add one, add a pane that shows its training data, and an entry here. */
import type { ComponentType } from 'react';
import type { AddDataState } from './AddData';
import { type Purpose, PURPOSES } from '../../core/runs/tuning';
import { ChatsPane } from './ChatsPane';
import type { Situation } from './situation';
import { TextsPane } from './TextsPane';

interface Kind {
  label: string;
  /** Purpose, shown before there is data. */
  words: string;
  /** Name of the training data's curve. */
  newText: string;
  /** Absent if the method has its own page. */
  pane?: ComponentType<{ situation: Situation; adding: AddDataState }>;
}

export const KINDS: Readonly<Record<Purpose, Kind>> = {
  adapt: {
    label: 'Adapt',
    words: 'The model continues training on new text, and the app measures forgetting',
    newText: 'new text',
    pane: TextsPane,
  },
  instruct: {
    label: 'Instruct',
    words: 'The model learns to answer: it trains on the answers only',
    newText: 'chats',
    pane: ChatsPane,
  },
  classify: {
    label: 'Classify',
    words: 'A classifier learns to label texts from labeled examples',
    newText: 'labels',
  },
};

export const isPurpose = (word: string | null): word is Purpose => PURPOSES.some((purpose) => purpose === word);
