import { HomegrownError } from '../core/base/errors';

/** The code of another engine, from our own origin, when it is needed. */
export async function engineFile(url: string, engine: string): Promise<Blob> {
  const fetched = await fetch(url).catch(() => null);
  if (fetched?.ok) return fetched.blob();
  throw notLoaded(engine, fetched ? ` (${fetched.status})` : ', for there is no network');
}

export const notLoaded = (engine: string, why = ''): HomegrownError =>
  new HomegrownError(
    'load-failed',
    `${engine} could not be loaded${why}`,
    'Write it again once this app’s own server can be reached.',
  );
