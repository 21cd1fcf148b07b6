import type { Studio } from './slices/studio';

/** @param said the toast after the copy; another one reports that the browser refused */
export async function copyText(
  text: string,
  toast: Studio['toast'],
  said: Parameters<Studio['toast']>[0],
): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
  } catch {
    toast({ text: 'The browser blocked copying' });
  }
}
