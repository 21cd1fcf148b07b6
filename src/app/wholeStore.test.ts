/**
 * Components that use the whole studio rerender at every step of a run, ten times a second: the frame and its parts
 * don't.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Not rendered while a run trains. */
const AT_REST = ['src/features/train/FailurePanel.tsx'];

test('no component subscribes to the whole studio', () => {
  const files = ['app', 'features', 'state']
    .flatMap((folder) =>
      readdirSync(`src/${folder}`, { recursive: true }).map((path) => `src/${folder}/${String(path)}`),
    )
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path));
  expect(files.length).toBeGreaterThan(100);
  const whole = files.filter((path) => /useStudio\(\(?(\w+)\)? => \1[,)]/.test(readFileSync(path, 'utf8')));
  expect(whole.sort()).toEqual(AT_REST);
});
