import { HomegrownError } from './errors';

/**
 * Awaits a lazily loaded part of the app. @param name its name for users
 * @throws HomegrownError `load-failed` if the part can't be loaded
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
