/** Color theme of the page: the system's, until the user chooses light or dark. This browser remembers the choice. */
type Theme = 'light' | 'dark';
/** Key in localStorage. */
const KEY = 'theme';

/** Applies the remembered choice, if there is one. Call it before the first picture. */
export function applyStoredTheme(): void {
  const stored = readStored();
  if (stored) apply(stored);
}
/** Switches between light and dark, and remembers the choice. */
export function toggleTheme(): void {
  const chosen = document.documentElement.style.colorScheme;
  const isDark = chosen === 'dark' || (chosen === '' && matchMedia('(prefers-color-scheme: dark)').matches);
  const theme: Theme = isDark ? 'light' : 'dark';
  apply(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is blocked: the choice holds until the page is reloaded.
  }
}
function apply(theme: Theme): void {
  document.documentElement.style.colorScheme = theme;
}
/** Returns the remembered choice; undefined without one, or if storage is blocked. */
function readStored(): Theme | undefined {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : undefined;
  } catch {
    return undefined;
  }
}
