/** Types of checks.mjs. */
export const TYPE_PROJECTS: readonly string[];
