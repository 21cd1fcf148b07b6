import { notLoaded } from '../core/base/load';

/** A file of the app itself, from its own address, when it is needed. `name`: what it is, for a person. */
export async function ownFile(url: string, name: string): Promise<Response> {
  const fetched = await fetch(url).catch(() => null);
  if (fetched?.ok) return fetched;
  throw notLoaded(name, fetched ? ` (${fetched.status})` : ': you are offline');
}
