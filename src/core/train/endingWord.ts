/** How a run ended, and the word for it in the app and in the terminal, for every kind of run. */

/**
 * `early`: early stopping ended the run before its last step. `stopped`: a person or a time limit stopped it, and it
 * can resume. `interrupted`: its tab or process ended during training.
 */
export type Ending = 'finished' | 'early' | 'stopped' | 'interrupted' | 'failed';

/** Capitalized word: `Paused`. */
export const endingWord = (ending: Ending): string => WORDS[ending];

const WORDS: Readonly<Record<Ending, string>> = {
  finished: 'Finished',
  early: 'Finished early',
  stopped: 'Paused',
  interrupted: 'Interrupted',
  failed: 'Failed',
};
