import type { Plugin } from 'vite';

/** zod without its JSON Schema conversion, which is unused, but which no bundler can drop. */
export function zodPlugin(): Plugin {
  return {
    name: 'zod',
    apply: 'build',
    enforce: 'pre',
    resolveId: (source, importer) =>
      importer?.includes('/zod/v4/') && source.endsWith('/to-json-schema.js') ? NONE : null,
    load: (id) => (id === NONE ? NOTHING : null),
    transform: (code, id) =>
      id.endsWith('/zod/v4/core/json-schema-processors.js') ? { code: withoutProcessors(code), map: null } : null,
  };
}
const NONE = '\0zod-to-json-schema.js';
/** Exports that zod's other modules import from there. */
const NOTHING = `
const none = () => undefined;
export {
  none as createToJSONSchemaMethod, none as createStandardJSONSchemaMethod, none as handleUnrepresentable,
  none as initializeContext, none as processSchema, none as process, none as extractDefs, none as finalize,
};
`;

/** Empties the functions that convert one kind of schema each. The others, such as `aggregateChecks`, stay. */
function withoutProcessors(code: string): string {
  const emptied = code.replace(/^export const (\w+Processor) = [^]*?\n\};$/gm, 'export const $1 = () => undefined;');
  if (emptied === code) throw new Error('zod has no JSON Schema processors where scripts/zod.ts expects them.');
  return emptied;
}
