import { HomegrownError } from '../core/base/errors';

/** The code of another engine, from our own origin, when it is needed. */
export async function engineFile(url: string, engine: string): Promise<Blob> {
  const fetched = await fetch(url).catch(() => null);
  if (fetched?.ok) return fetched.blob();
  throw new HomegrownError(
    'load-failed',
    `${engine} could not be loaded${fetched ? ` (${fetched.status})` : ', for there is no network'}`,
    'The file is written. Check it once this app’s own server can be reached.',
  );
}
