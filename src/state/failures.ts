/** Words for failures: a headline, and what a person can do when the thrower did not say it better. */
import { type Failure, type FailureCode, paragraph } from '../core/base/errors';
import { formatCount } from '../core/base/units';

export const headline = ({ code }: Failure): string => WORDS[code].headline;
export const remedy = ({ code, remedy: own }: Failure): string => own ?? WORDS[code].remedy;

/** What happened and what to do, as sentences of one paragraph. */
export const explain = (failure: Failure): string => paragraph(failure.message, remedy(failure));

/** A GPU that was lost with the same settings before, at these steps. */
export const lostAgain = (lostAt: readonly number[], message: string): Pick<Failure, 'message' | 'remedy'> => {
  const steps = lostAt.map((step) => `step ${formatCount(step)}`);
  const times = lostAt.length === 2 ? 'twice' : `${formatCount(lostAt.length)} times`;
  return {
    message: `The GPU was lost ${times} with these settings, at ${steps.slice(0, -1).join(', ')} and ${steps.at(-1)!}. ${message}`,
    remedy:
      'A browser gives a page that has lost its GPU twice no other until it is reloaded. Go on with WASM, which needs no GPU, or take a smaller batch or model.',
  };
};

const WORDS: Record<FailureCode, { headline: string; remedy: string }> = {
  'bad-file': {
    headline: 'This file cannot be used',
    remedy: 'Nothing was stored. Choose another file, or save it again from the program that made it.',
  },
  'bad-encoding': {
    headline: 'This text is in another encoding than UTF-8',
    remedy: 'Nothing was stored. Choose its encoding, or save it as UTF-8 and add it again.',
  },
  'bad-rows': {
    headline: 'This file has malformed rows',
    remedy: 'Nothing was stored. Leave these rows out, or fix them and add the file again.',
  },
  'bad-shape': {
    headline: 'This file cannot be used',
    remedy: 'Nothing was stored. Choose two columns of it, by itself.',
  },
  'bad-settings': {
    headline: 'These settings cannot run',
    remedy: 'Change the setting that is named, then try again.',
  },
  'out-of-memory': {
    headline: 'The memory is not enough',
    remedy: 'Halve the batch or the context, close other tabs that use the GPU, then go on from the last saved step.',
  },
  'device-lost': {
    headline: 'The GPU was lost',
    remedy:
      'Going on opens it anew. If it is lost again, another program may need it or a step takes too long: halve the batch, or choose WASM.',
  },
  'device-gone': {
    headline: 'There is no GPU any more',
    remedy:
      'A browser gives a page that has lost its GPU twice no other until it is reloaded. Go on with WASM, or reload the page.',
  },
  diverged: {
    headline: 'The loss is no longer a number',
    remedy: 'Lower the learning rate or lengthen the warm-up, then begin again from the last saved step.',
  },
  'storage-full': {
    headline: 'Storage is full',
    remedy:
      'Nothing that was stored before has changed. Free the saved steps of other runs (on Runs), remove texts, or free space on the disk, then try again.',
  },
  'storage-damaged': {
    headline: 'Something stored is damaged',
    remedy: 'It is left as it is and not used. Go on from an older step, or make it again from the text.',
  },
  'newer-version': {
    headline: 'A newer Homegrown made this',
    remedy: 'It is left as it is and not used. Open it with the newest version.',
  },
  'storage-blocked': {
    headline: 'This browser keeps nothing for Homegrown',
    remedy: 'Close other tabs of Homegrown and reload. In a private window nothing can be kept.',
  },
  'in-use': { headline: 'In use right now', remedy: 'Go on there, or close that tab and try again here.' },
  'load-failed': {
    headline: 'A part of Homegrown did not load',
    remedy:
      'What was saved is safe. There may be a newer version: reload the page once this app’s own server can be reached.',
  },
  bug: {
    headline: 'Homegrown made a mistake',
    remedy: 'What was saved is safe. Reload the page, and if it comes again, copy the report into an issue.',
  },
};
