import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

test('documents leave sizes of the build to the tests and the app, where they are measured', async () => {
  const [readme, changelog] = await Promise.all(['README.md', 'CHANGELOG.md'].map((name) => readFile(name, 'utf8')));
  const privacy = /## Privacy\n([^]*?)\n## /.exec(readme!)![1]!;
  expect(privacy.match(/[\d.]+ ([kM]B|files)\b/g)).toBeNull();
  // "At most 286 kB by now" was wrong three changes later.
  expect(changelog!.match(/[^.;(]*by now, e2e[^.;)]*/g)).toBeNull();
});
