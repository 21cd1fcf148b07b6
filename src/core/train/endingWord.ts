/** How a run that isn't being trained came to rest, and the one word for it: in the app, in the terminal, of every kind of run. */

/**
 * `early`: it ended by its own rule, before its last step. `stopped`: by a person, or by a time limit, and it can resume.
 * `interrupted`: its tab or process ended in the middle of it.
 */
export type Ending = 'finished' | 'early' | 'stopped' | 'interrupted' | 'failed';

/** As a sentence begins: `Paused`. */
export const endingWord = (ending: Ending): string => WORDS[ending];

const WORDS: Readonly<Record<Ending, string>> = {
  finished: 'Finished',
  early: 'Finished early',
  stopped: 'Paused',
  interrupted: 'Interrupted',
  failed: 'Failed',
};
