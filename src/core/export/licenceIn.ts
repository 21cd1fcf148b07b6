import type { Folder } from './importFolder';

/** Returns the license in a model card's front matter; else notes that a license file exists. */
export async function licenceIn(folder: Folder): Promise<string | undefined> {
  const card = folder.get('README.md');
  if (card) {
    const text = new TextDecoder().decode(await card.read(0, Math.min(card.size, MAX_HEAD_BYTES)));
    const [, head = ''] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text) ?? [];
    const said = (key: string): string | undefined =>
      new RegExp(`^${key}:[ \\t]*["']?([^\\r\\n"'#]{1,100})`, 'm').exec(head)?.[1]?.trim();
    const licence = said('license');
    const found = licence === 'other' ? (said('license_name') ?? licence) : licence;
    if (found) return found;
  }
  const file = [...folder.keys()].find((name) => /^(licen[sc]e|copying)(\.|$)/i.test(name));
  return file && `in the file ${file}`;
}
const MAX_HEAD_BYTES = 1 << 16;
