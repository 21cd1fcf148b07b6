import type { Studio } from './slices/studio';

/** @param said toast after the copy; another toast reports a refusal by the browser */
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
