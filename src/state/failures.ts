/** Words for failures: a headline, and a remedy if the failure has none. */
import { type Failure, type FailureCode, paragraph } from '../core/base/errors';
import { formatCount } from '../core/base/units';

export const headline = ({ code }: Failure): string => WORDS[code].headline;
export const remedy = ({ code, remedy: ownRemedy }: Failure): string => ownRemedy ?? WORDS[code].remedy;

/** Cause and remedy as sentences of one paragraph. */
export const explain = (failure: Failure): string => paragraph(failure.message, remedy(failure));

/** Failure of a GPU that was lost before with the same settings, at these steps. */
export const lostAgain = (lostAt: readonly number[], message: string): Pick<Failure, 'message' | 'remedy'> => {
  const steps = lostAt.map((step) => `step ${formatCount(step)}`);
  const times = lostAt.length === 2 ? 'twice' : `${formatCount(lostAt.length)} times`;
  return {
    message: `The GPU was lost ${times} with these settings, at ${steps.slice(0, -1).join(', ')} and ${steps.at(-1)!}. ${message}`,
    remedy:
      'After two GPU losses, the browser gives this page no GPU until a reload. Resume on WASM, or use a smaller batch or model.',
  };
};

const WORDS: Record<FailureCode, { headline: string; remedy: string }> = {
  'bad-file': {
    headline: 'This file can’t be used',
    remedy: 'Nothing was stored. Choose another file, or save it again from the program that made it.',
  },
  'bad-encoding': {
    headline: 'This text isn’t UTF-8',
    remedy: 'Nothing was stored. Choose its encoding, or save it as UTF-8 and add it again.',
  },
  'bad-rows': {
    headline: 'This file has malformed rows',
    remedy: 'Nothing was stored. Leave these rows out, or fix them and add the file again.',
  },
  'bad-shape': {
    headline: 'This file can’t be used',
    remedy: 'Nothing was stored. Drop this file alone and choose its columns.',
  },
  'bad-settings': {
    headline: 'These settings can’t run',
    remedy: 'Change the setting that is named, then try again.',
  },
  'out-of-memory': {
    headline: 'Out of memory',
    remedy: 'Halve the batch or the context, close other tabs that use the GPU, then resume from the last saved step.',
  },
  'device-lost': {
    headline: 'The GPU was lost',
    remedy:
      'Resume to reopen it. If it is lost again, halve the batch or choose WASM: another program may need the GPU.',
  },
  'device-gone': {
    headline: 'The GPU is no longer available',
    remedy:
      'After two GPU losses, the browser gives this page no GPU until a reload. Resume on WASM, or reload the page.',
  },
  diverged: {
    headline: 'The loss became NaN or infinite',
    remedy: 'Lower the learning rate or lengthen the warm-up, then restart from the last saved step.',
  },
  'storage-full': {
    headline: 'Storage is full',
    remedy:
      'Your stored data is safe. Delete checkpoints of other runs (on Runs), remove texts, or free disk space. Then try again.',
  },
  'storage-damaged': {
    headline: 'Stored data is damaged',
    remedy: 'It is unchanged and not used. Resume from an older step, or recreate it from the text.',
  },
  'newer-version': {
    headline: 'A newer Homegrown made this',
    remedy: 'It is unchanged and not used. Open it with the newest version.',
  },
  'storage-blocked': {
    headline: 'This browser blocks storage',
    remedy: 'Close other Homegrown tabs and reload. Private windows can’t store data.',
  },
  'in-use': { headline: 'In use right now', remedy: 'Continue there, or close that tab and try again here.' },
  'load-failed': {
    headline: 'A part of Homegrown didn’t load',
    remedy: 'Your saved data is safe. There may be a newer version: reload the page when you are online.',
  },
  bug: {
    headline: 'Unexpected error in Homegrown',
    remedy: 'Your saved data is safe. Reload the page. If it happens again, copy the report into an issue.',
  },
};
