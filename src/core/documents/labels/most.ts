/** That a classifier has. */
export const MOST_LABELS = 1000;
