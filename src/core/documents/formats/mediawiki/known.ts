/** Detects a MediaWiki dump among XML files by its first element. */
import type { Known } from '../format';

export const mediawiki: Known = {
  begins: (head) => /^\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*<mediawiki[\s>]/.test(head),
};
