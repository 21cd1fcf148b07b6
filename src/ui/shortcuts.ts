import { useEffect, useEffectEvent } from 'react';

/** One list feeds the palette, the keys and the help. */
export interface Action {
  id: string;
  label: string;
  /** A heading of the palette: `On this page`, `Go to`, `Run`. */
  group?: string;
  /** A reading next to the label: `BPE · 2,048 entries`. */
  hint?: string;
  /** `mod+k`, `mod+enter`, `[`, `?`, `shift+f6`, `s`. `mod` is ⌘ on a Mac, else Ctrl. */
  keys?: string;
  run: () => void;
  /** Other words that a person may search for: `download save`. */
  words?: string;
  /** Listed only when a person searches for it by its label or its other words. */
  isFoundOnly?: boolean;
  /** Shown by the help only, not in the palette: it has no meaning without its place. */
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

/** Whether a press is this shortcut. A sign that needs Shift on some keyboards (`?`) is matched by the sign alone. */
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
 * Runs actions by their keys, of those that there are when one is pressed. Single letters and signs are left alone in a
 * field, under a dialog, or if switched off.
 */
export function useShortcuts(actions: () => readonly Action[], hasSingleKeys = true): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent, isOnTheWay: boolean) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    // A button or a list that has the focus would take a key with a modifier for its own.
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

/** F6 and Shift F6: the next or previous pane (every element with `data-pane`), round the page. */
export function focusPane(direction: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')];
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = at < 0 ? (direction > 0 ? 0 : panes.length - 1) : (at + direction + panes.length) % panes.length;
  panes[next]?.focus();
}
/** Moves the focus to the heading of a page that replaced another. */
export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>('#stage h1');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
/** `/`: the find or filter field of the pane that has the focus, else of the first pane that has one. */
export function focusFind(): void {
  const pane = document.activeElement?.closest('[data-pane]');
  (pane ?? document).querySelector<HTMLElement>('[data-find]')?.focus();
}
