import type { Plugin, Rolldown } from 'vite';

/**
 * Gives the first page only the interface parts that it renders. Names all modules that src/main.ts loads one after
 * another, so that they are fetched at once.
 */
export function firstPagePlugin(): Plugin {
  return {
    name: 'first page',
    apply: 'build',
    // Importing one has no side effect: a list of them brings only the used ones.
    transform: (_, id) => (/\/src\/ui\/\w+\.tsx$/.test(id) ? { moduleSideEffects: false } : null),
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {}, chunk }) {
        if (!chunk) return [];
        const named = withImports([chunk.fileName], bundle);
        const more = [...withImports(chunk.dynamicImports, bundle)].filter(([name]) => !named.has(name));
        const styles = new Set(more.flatMap(([, { viteMetadata }]) => [...(viteMetadata?.importedCss ?? [])]));
        const link = (rel: string) => (name: string) =>
          ({ tag: 'link', attrs: { rel, crossorigin: true, href: `/${name}` }, injectTo: 'head' }) as const;
        return [...more.map(([name]) => name).map(link('modulepreload')), ...[...styles].map(link('stylesheet'))];
      },
    },
  };
}

/** Names of these scripts and all their imports; each import comes before its importer, as its styles must. */
function withImports(
  names: readonly string[],
  bundle: Rolldown.OutputBundle,
  found = new Map<string, Rolldown.OutputChunk>(),
  seen = new Set<string>(),
): ReadonlyMap<string, Rolldown.OutputChunk> {
  for (const name of names) {
    const file = bundle[name];
    if (file?.type !== 'chunk' || seen.has(name)) continue;
    seen.add(name);
    withImports(file.imports, bundle, found, seen);
    found.set(name, file);
  }
  return found;
}
