/** Light, dark, or as the system: the value of color-scheme. Remembered in this browser. */
type Theme = 'light' | 'dark';
const KEY = 'theme';

export function applyStoredTheme(): void {
  const stored = read();
  if (stored) apply(stored);
}
export function toggleTheme(): void {
  const isDark =
    (document.documentElement.style.colorScheme || '') === 'dark' ||
    (document.documentElement.style.colorScheme === '' && matchMedia('(prefers-color-scheme: dark)').matches);
  const theme: Theme = isDark ? 'light' : 'dark';
  apply(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is off: the choice holds until the tab closes.
  }
}
function apply(theme: Theme): void {
  document.documentElement.style.colorScheme = theme;
}
function read(): Theme | undefined {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : undefined;
  } catch {
    return undefined;
  }
}
