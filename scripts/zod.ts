import type { Plugin } from 'vite';

/** zod without what makes JSON Schema of its schemas: each of them can, so no bundler leaves it out, and nothing asks for it. */
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
/** What zod's other modules take from there. */
const NOTHING = `
const none = () => undefined;
export {
  none as createToJSONSchemaMethod, none as createStandardJSONSchemaMethod, none as handleUnrepresentable,
  none as initializeContext, none as processSchema, none as process, none as extractDefs, none as finalize,
};
`;
