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
