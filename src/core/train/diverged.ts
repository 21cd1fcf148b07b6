import { HomegrownError } from '../base/errors';

/** Error of a run whose loss or gradient is no longer finite. @param message the value and its step, as a sentence */
export const diverged = (message: string): HomegrownError =>
  new HomegrownError(
    'diverged',
    message,
    'Lower the learning rate or turn on gradient clipping, then start again or resume from the saved step.',
  );
