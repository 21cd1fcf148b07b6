/**
 * The style policy is `style-src 'self'`: no style elements at run time. React Aria injects one for its pressable
 * elements unless an element with this id exists; base.css holds that rule instead, so an inert element takes the id.
 */
const REACT_ARIA_STYLE_ID = 'react-aria-pressable-style';

function reserveStyleIds(target: Document): void {
  if (target.getElementById(REACT_ARIA_STYLE_ID)) return;
  const inert = target.createElement('meta');
  inert.id = REACT_ARIA_STYLE_ID;
  target.head.append(inert);
}

if (typeof document !== 'undefined') reserveStyleIds(document);
