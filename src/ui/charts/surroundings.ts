import { useEffect, useRef, useState, useSyncExternalStore } from 'react';

/** Version that changes when colors may have: the color scheme, contrast, or an override on the root element. */
export function useThemeVersion(): number {
  return useSyncExternalStore(subscribeToTheme, () => themeVersion);
}
let themeVersion = 0;
/** Color scheme override on the root element. An open menu sets other styles there. */
const setScheme = (): string => document.documentElement.style.colorScheme;
const QUERIES = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'];
function subscribeToTheme(onChange: () => void): () => void {
  const change = () => {
    themeVersion++;
    onChange();
  };
  let before = setScheme();
  const observer = new MutationObserver(() => {
    const now = setScheme();
    if (now !== before) change();
    before = now;
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  const queries = QUERIES.map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener('change', change);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener('change', change);
  };
}

/** Minimum milliseconds between two redraws: 100, or 1000 with reduced motion. */
export function useDrawingInterval(): number {
  const isReduced = useMedia('(prefers-reduced-motion: reduce)');
  return isReduced ? 1000 : 100;
}
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const list = matchMedia(query);
      list.addEventListener('change', onChange);
      return () => list.removeEventListener('change', onChange);
    },
    () => matchMedia(query).matches,
    () => false,
  );
}

/**
 * Throttles a value to one update every `interval` ms; the last one always arrives. A change of `urgent` isn't delayed,
 * and a change of `subject` takes effect in the same render, because the old value shows something else.
 */
export function useAtMost<T>(value: T, interval: number, subject: unknown, urgent?: unknown): T {
  const [shown, setShown] = useState({ value, subject });
  const state = useRef<{
    latest: { value: T; subject: unknown };
    urgent: unknown;
    timer: ReturnType<typeof setTimeout> | undefined;
    drawn: number;
  }>(undefined);
  if (shown.subject !== subject) setShown({ value, subject });
  useEffect(() => {
    const latest = { value, subject };
    const now = (state.current ??= { latest, urgent, timer: undefined, drawn: -Infinity });
    now.latest = latest;
    if (now.urgent !== urgent) {
      now.urgent = urgent;
      now.drawn = -Infinity;
      clearTimeout(now.timer);
      now.timer = undefined;
    }
    now.timer ??= setTimeout(
      () => {
        now.timer = undefined;
        now.drawn = performance.now();
        setShown(now.latest);
      },
      Math.max(0, now.drawn + interval - performance.now()),
    );
  }, [value, interval, subject, urgent]);
  useEffect(
    () => () => {
      clearTimeout(state.current?.timer);
      if (state.current) state.current.timer = undefined;
    },
    [],
  );
  return shown.value;
}

/** Content size of an element, and whether it is known yet. */
export function useSize<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const observer = new ResizeObserver(() => setSize({ width: box.clientWidth, height: box.clientHeight }));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return { ref, size };
}
