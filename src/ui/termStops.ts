/** A term that several labels mark is one Tab stop, not one for each label. */

/** Marks the element of a term, with the term's id. */
export const TERM_MARK = 'data-term';

/** Gives each term's first visible mark a Tab stop, in document order, and takes it from the other marks. */
function setTermStops(root: ParentNode): void {
  const seen = new Set<string | null>();
  for (const mark of root.querySelectorAll<HTMLElement>(`[${TERM_MARK}]`)) {
    const id = mark.getAttribute(TERM_MARK);
    const isFirst = !seen.has(id) && isReachable(mark);
    if (isFirst) seen.add(id);
    mark.tabIndex = isFirst ? 0 : -1;
  }
}

/** False in a closed disclosure, in a hidden part, and behind a dialog. */
const isReachable = (mark: HTMLElement): boolean =>
  mark.checkVisibility({ visibilityProperty: true }) && mark.closest('[inert], [aria-hidden=true]') === null;

let isDue = false;
let isListening = false;

/** Updates the stops after this render's marks are in the document, and at each Tab: a disclosure may have opened. */
export function updateTermStops(): void {
  if (!isListening) {
    isListening = true;
    document.addEventListener('keydown', ({ key }) => key === 'Tab' && setTermStops(document), { capture: true });
  }
  if (isDue) return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    setTermStops(document);
  });
}
