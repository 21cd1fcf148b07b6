import { HomegrownError } from './errors';

/**
 * A part of the app that is loaded when it is needed. `name`: what it is, for a person.
 * @throws HomegrownError `load-failed` where it cannot be had
 */
export const loaded = <T>(name: string, part: Promise<T>): Promise<T> =>
  part.catch(() => {
    throw notLoaded(name);
  });

export const notLoaded = (name: string, why = ''): HomegrownError =>
  new HomegrownError(
    'load-failed',
    `${name} could not be loaded${why}`,
    'Try again when this app’s server can be reached. Don’t reload the page before that.',
  );
