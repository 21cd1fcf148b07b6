/**
 * npm run quick: for the inner loop. Checks types, lints changed files and runs the unit tests that import them. The
 * changed files are those given, or those that differ from the last commit, or else those of the last commit.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { format, lint, types } from './checks.mjs';
import { filesOf, importers } from './importers.ts';
import { isUnitTest, Runner } from './runner.mjs';
import { root } from './setup.mjs';

const changed = changedFiles();
console.log(`Changed: ${changed.join(', ')}`);
const importing = importers(root, filesOf(root));
const tests = [...changed, ...changed.flatMap((file) => importing.get(file) ?? [])].filter(isUnitTest);
const sources = changed.filter((file) => /\.(tsx?|mjs)$/.test(file));

const runner = new Runner();
await runner.runParallel([...(sources.length > 0 ? [types(), lint(sources)] : []), format(changed)]);
if (tests.length > 0) await runner.run(runner.vitest('unit', { files: [...new Set(tests)] }));
else console.log('\nNo unit test imports a changed file directly.');
runner.finish();

function changedFiles() {
  const git = (...args) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' })
      .split('\n')
      .filter((line) => line !== '');
  const edited = [...git('diff', '--name-only', 'HEAD'), ...git('ls-files', '--others', '--exclude-standard')];
  const latest = git('diff', '--name-only', 'HEAD~1', 'HEAD');
  const files = [process.argv.slice(2), edited, latest].find((each) => each.length > 0) ?? [];
  return files.filter((file) => existsSync(join(root, file)));
}
