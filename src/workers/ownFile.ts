import { HomegrownError } from '../core/base/errors';

/** A file of the app itself, from its own address, when it is needed. `name`: what it is, for a person. */
export async function ownFile(url: string, name: string): Promise<Response> {
  const fetched = await fetch(url).catch(() => null);
  if (fetched?.ok) return fetched;
  throw notLoaded(name, fetched ? ` (${fetched.status})` : ', for there is no network');
}

export const notLoaded = (name: string, why = ''): HomegrownError =>
  new HomegrownError(
    'load-failed',
    `${name} could not be loaded${why}`,
    'Try again once this app’s own server can be reached; a reload needs it too.',
  );
