/** Cleaning: rules switched and ordered, what they leave out kept, a mend made a rule, each undone; and what is learnt then. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { Studio } from './studio';

const page1861 = (day: number): string =>
  `IN the midst of unprecedented political troubles we\nhave cause of great grati-\ntude to God, the ${day}th.\n\n` +
  `The cafÃ© was  open. No iuvoke of foreign help, said he on day ${day}.\n`;

test('rules are switched, moved and undone; a document is kept, a mend becomes a rule; the model learns what is left', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.open();
  const files = Array.from({ length: 8 }, (_, i) => ({
    name: `page-${i + 1}.txt`,
    mimeType: 'text/plain',
    buffer: Buffer.from(page1861(i + 1).repeat(4)),
  }));
  files.push({ name: 'short.txt', mimeType: 'text/plain', buffer: Buffer.from('Ship  news.') });
  await page.locator('input[type=file]').first().setInputFiles(files);
  await page.getByRole('link', { name: 'Clean' }).click();
  const rules = page.getByRole('region', { name: 'Rules' });
  const sides = page.getByRole('region', { name: 'Before and after' });
  const undo = rules.getByRole('button', { name: 'Undo' });

  await test.step('a rule is switched off and on again', async () => {
    await expect(sides.locator('ins', { hasText: 'gratitude' }).first()).toBeVisible();
    await rules.getByRole('switch', { name: 'Words cut at line ends' }).press('Space');
    await expect(sides.locator('ins', { hasText: 'gratitude' })).toHaveCount(0);
    await undo.click();
    await expect(sides.locator('ins', { hasText: 'gratitude' }).first()).toBeVisible();
  });

  await test.step('the order is changed by the menu, and back', async () => {
    const first = rules.getByRole('listitem').first();
    await expect(first).toContainText('Mojibake');
    await rules.getByRole('button', { name: 'Move or remove Mojibake' }).click();
    await page.getByRole('menuitem', { name: 'Down' }).click();
    await expect(first).toContainText('Unicode');
    await undo.click();
    await expect(first).toContainText('Mojibake');
    await rules.getByRole('button', { name: 'Redo' }).click();
    await expect(first).toContainText('Unicode');
    await undo.click();
  });

  await test.step('a rule that leaves out: its document is opened, kept, and left to the rule again', async () => {
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByRole('menuitem', { name: /^Length/ }).click();
    await expect(sides).toContainText('10 characters, and 200 are the least');
    await sides.getByRole('button', { name: 'Open short.txt' }).click();
    await expect(page.getByRole('dialog')).toContainText('Ship news.', { useInnerText: false });
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    await expect(sides).toContainText('No document is left out');
    await undo.click();
    await expect(sides.getByRole('button', { name: 'Keep short.txt' })).toBeVisible();
    await sides.getByRole('button', { name: 'Keep short.txt' }).press('Enter');
    await expect(sides).toContainText('You keep 1');
    await sides.getByRole('button', { name: 'Let the rules decide again' }).click();
    await expect(sides.getByRole('button', { name: 'Keep short.txt' })).toBeVisible();
  });

  await test.step('what is mended by hand is a rule, and is undone', async () => {
    await sides.getByRole('radio', { name: 'All rules' }).click({ force: true });
    await sides.getByRole('button', { name: 'Mend this passage…' }).click();
    const passage = page.getByRole('textbox', { name: 'Passage' });
    await passage.fill((await passage.inputValue()).replace('iuvoke', 'invoke'));
    await expect(page.getByRole('dialog')).toContainText('1 rule: “iuvoke” to “invoke”');
    await page.getByRole('button', { name: 'Do the same everywhere' }).click();
    const mend = rules.getByRole('listitem').last();
    await expect(mend).toContainText('“iuvoke” to “invoke”');
    await expect(mend).toContainText('32');
    await undo.click();
    await expect(rules.getByRole('switch', { name: 'iuvoke' })).toHaveCount(0);
    await rules.getByRole('button', { name: 'Redo' }).click();
    await expect(mend).toContainText('32');
  });

  await test.step('it is accessible, with a rule open', async () => {
    await rules.getByRole('button', { name: /^Length/ }).click();
    await expectAccessible(page, 'Clean with a rule open');
  });

  await test.step('the texts are cleaned by it, and stay so', async () => {
    await rules.getByRole('button', { name: 'Clean by these 9 rules' }).click();
    await expect(rules).toContainText('Cleaned.', { timeout: 60_000 });
    await expect(sides.getByRole('button', { name: 'Keep short.txt' })).toBeVisible();
    await page.reload();
    await expect(rules).toContainText('Cleaned.', { timeout: 60_000 });
    await page.getByRole('link', { name: 'Library' }).click();
    await expect(page.getByRole('main')).toContainText('Cleaned by the recipe own');
    await expect(page.getByRole('main')).toContainText('8 of 9 documents are learnt');
  });

  await test.step('what is made of it is of what is left', async () => {
    await studio.goTo('Tokenizer');
    await page.getByRole('button', { name: 'Train the tokenizer' }).first().click();
    await expect(studio.stages.getByRole('link', { name: /^Tokenizer/ })).toContainText('entries', { timeout: 60_000 });
    await studio.goTo('Text');
    await page.getByRole('link', { name: 'Clean' }).click();
    await rules.getByRole('button', { name: 'Run without any' }).click();
    await expect(page.getByText('The text changed after the tokenizer was trained')).toBeVisible();
    await expect(page.getByRole('main')).toContainText('learnt as they were read');
    await undo.click();
    await rules.getByRole('button', { name: 'Clean by these 9 rules' }).click();
    await expect(page.getByText('The text changed after the tokenizer was trained')).toBeHidden();
  });
  expect(studio.errors).toEqual([]);
});
