/** Data that each purpose of a tuning trains on. */
import { badSettings, type HomegrownError } from '../base/errors';
import type { TuneUse } from '../documents/record';
import type { Purpose } from './tuning';

interface TuningData {
  /** Use of its texts. */
  use: TuneUse;
  /** Its name, after `Add`. */
  noun: string;
  /** Advice if there is none. */
  remedy: string;
}

export const TUNING_DATA: Readonly<Record<Purpose, TuningData>> = {
  adapt: { use: 'text', noun: 'text', remedy: 'Add text to train on.' },
  instruct: { use: 'chats', noun: 'chats', remedy: 'Add chats: questions with their answers.' },
  classify: {
    use: 'labels',
    noun: 'labeled texts',
    remedy: 'Add a table with a column of texts and a column of labels.',
  },
};

/** Returns the error of a start without data for its purpose. */
export const noTuningData = (purpose: Purpose): HomegrownError =>
  badSettings('There is no data to fine-tune on.', `Nothing was started. ${TUNING_DATA[purpose].remedy}`);
