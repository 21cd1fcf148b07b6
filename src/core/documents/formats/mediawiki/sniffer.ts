/** Detects a MediaWiki dump among XML files by its first element. */
import type { Sniffer } from '../format';

export const mediawiki: Sniffer = {
  begins: (head) => /^\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*<mediawiki[\s>]/.test(head),
};
