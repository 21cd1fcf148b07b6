import { applyStoredTheme } from './app/theme';

applyStoredTheme();
const root = document.getElementById('app');
if (root) void begin(root);

/** Loads part after part, each in its own task: evaluated at once they block the page for a tenth of a second. */
async function begin(root: HTMLElement): Promise<void> {
  await import('./app/open');
  await import('react-dom/client');
  const { draw } = await import('./app/Start');
  draw(root);
}
