// Checks of the sources that run no code of ours.

/** Projects of TypeScript by what they see: the DOM, a worker's globals, neither, or Node's alone. */
export const TYPE_PROJECTS = {
  page: 'tsconfig.json',
  workers: 'tsconfig.worker.json',
  core: 'tsconfig.core.json',
  'web service': 'tsconfig.templates.json',
};

export const lint = (files = []) => ({ name: 'lint', args: ['oxlint', '--type-aware', '--deny-warnings', ...files] });
export const format = (files = ['.']) => ({ name: 'format', args: ['oxfmt', '--check', ...files] });
export const types = (name) => ({ name: `types, ${name}`, args: ['tsc', '-p', TYPE_PROJECTS[name]] });
export const imports = () => ({
  name: 'imports',
  args: ['depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'cli', 'node'],
});

/** All of them, the longest first. */
export const checks = () => [lint(), ...Object.keys(TYPE_PROJECTS).map(types), imports(), format()];
