import { notLoaded } from '../core/base/load';

/** Loads a file of the app from its own address. `name` describes it for a person. */
export async function ownFile(url: string, name: string): Promise<Response> {
  const fetched = await fetch(url).catch(() => null);
  if (fetched?.ok) return fetched;
  throw notLoaded(name, fetched ? ` (${fetched.status})` : ': you are offline');
}
