import type { Enforcement } from '../../state/slices/privacy';

/** Describes what this browser blocks, in one or two sentences. */
export const ENFORCED: Readonly<Record<Enforcement, string>> = {
  everything: 'The browser blocks every request to other sites, including calls, pop-ups and links.',
  requests:
    'The browser blocks every request to other sites. It can’t block pop-ups and links; the page has none to other sites.',
  page: 'The browser blocks every request of the page to other sites. It doesn’t block its workers, because this server doesn’t send the headers for that.',
};
