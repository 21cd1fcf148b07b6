import { useEffect, useEffectEvent } from 'react';

/** Action of the palette, the shortcuts and the help, all from one list. */
export interface Action {
  id: string;
  label: string;
  /** Heading in the palette: `On this page`, `Go to`, `Run`. */
  group?: string;
  /** Text next to the label: `BPE · 2,048 entries`. */
  hint?: string;
  /** `mod+k`, `mod+enter`, `[`, `?`, `shift+f6`, `s`. `mod` is ⌘ on a Mac, else Ctrl. */
  keys?: string;
  run: () => void;
  /** Other search words: `download save`. */
  words?: string;
  /** Listed only if a search matches its label or its other words. */
  isFoundOnly?: boolean;
  /** Listed in the help only: it has no meaning outside its place. */
  isHelpOnly?: boolean;
}

export interface KeyPress {
  key: string;
  metaKey: boolean;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}
const isMac = (): boolean => typeof navigator !== 'undefined' && /Mac OS|iPhone|iPad/.test(navigator.userAgent);

/** Whether a key press matches a shortcut. Signs that need Shift on some keyboards (`?`) ignore Shift. */
export function matchesKeys(keys: string, press: KeyPress, mac = isMac()): boolean {
  const parts = keys.toLowerCase().split('+');
  const key = parts.at(-1) === '' ? '+' : parts.at(-1);
  if (press.key.toLowerCase() !== key || press.altKey) return false;
  const wantsMod = parts.includes('mod');
  if ((mac ? press.metaKey : press.ctrlKey) !== wantsMod || (mac ? press.ctrlKey : press.metaKey)) return false;
  const isSign = key.length === 1 && key.toUpperCase() === key;
  return isSign || press.shiftKey === parts.includes('shift');
}

const SIGNS: Record<string, string> = {
  enter: '↵',
  escape: 'Esc',
  f6: 'F6',
  arrowleft: '←',
  arrowright: '→',
  ' ': 'Space',
};
/** `⌘K` or `Ctrl K`. */
export function formatKeys(keys: string, mac = isMac()): string {
  return keys
    .split('+')
    .map((part) =>
      part === 'mod' ? (mac ? '⌘' : 'Ctrl') : part === 'shift' ? 'Shift' : (SIGNS[part] ?? part.toUpperCase()),
    )
    .join(mac && keys.startsWith('mod') ? '' : ' ');
}

const EDITABLE = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable=true]';

/**
 * Runs actions by their keys, from the list at the time of the press. Single letters and signs are ignored in a field,
 * under a dialog, or if switched off.
 */
export function useShortcuts(actions: () => readonly Action[], hasSingleKeys = true): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent, isOnTheWay: boolean) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    // A focused button or list would consume a key with a modifier, so those are handled in the capture phase.
    if (isOnTheWay !== (event.ctrlKey || event.metaKey)) return;
    const target = event.target instanceof Element ? event.target : undefined;
    if (document.querySelector('[role=dialog]') !== null) return;
    for (const action of actions()) {
      if (action.keys === undefined || !matchesKeys(action.keys, event)) continue;
      const isSingle = !/mod|f\d|shift/.test(action.keys);
      if (isSingle && (!hasSingleKeys || target?.closest(EDITABLE))) return;
      event.preventDefault();
      if (isOnTheWay) event.stopPropagation();
      action.run();
      return;
    }
  });
  useEffect(() => {
    const before = (event: KeyboardEvent): void => onKeyDown(event, true);
    const after = (event: KeyboardEvent): void => onKeyDown(event, false);
    document.addEventListener('keydown', before, { capture: true });
    document.addEventListener('keydown', after);
    return () => {
      document.removeEventListener('keydown', before, { capture: true });
      document.removeEventListener('keydown', after);
    };
  }, []);
}

/** Focuses the next or previous pane (F6, Shift F6): elements with `data-pane`, in a cycle. */
export function focusPane(direction: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')];
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = at < 0 ? (direction > 0 ? 0 : panes.length - 1) : (at + direction + panes.length) % panes.length;
  panes[next]?.focus();
}
/** Moves the focus to the heading of a new page. */
export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>('#stage h1');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
/** Focuses the search or filter field (`/`) of the focused pane, else of the first pane that has one. */
export function focusFind(): void {
  const pane = document.activeElement?.closest('[data-pane]');
  (pane ?? document).querySelector<HTMLElement>('[data-find]')?.focus();
}
