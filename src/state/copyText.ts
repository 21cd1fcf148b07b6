import type { Studio } from './slices/studio';

/** @param confirmation toast after the copy; another toast reports a refusal by the browser */
export async function copyText(
  text: string,
  toast: Studio['toast'],
  confirmation: Parameters<Studio['toast']>[0],
): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(confirmation);
  } catch {
    toast({ text: 'The browser blocked copying' });
  }
}
