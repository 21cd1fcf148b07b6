/** License of a text, as the user states it: an SPDX identifier or free text. */
import type { BlobStore } from '../base/blobStore';
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';
import { updateText } from './library';
import type { TextRecord } from './record';

/** Common licenses of texts and code, by SPDX identifier: https://spdx.org/licenses */
export const LICENCES = {
  'CC0-1.0': 'Creative Commons Zero, public domain',
  'PDDL-1.0': 'Public Domain Dedication and License',
  'CC-BY-4.0': 'Creative Commons Attribution',
  'CC-BY-SA-4.0': 'Creative Commons Attribution, share alike',
  'CC-BY-NC-4.0': 'Creative Commons Attribution, noncommercial',
  'CC-BY-NC-SA-4.0': 'Creative Commons Attribution, noncommercial, share alike',
  'CC-BY-ND-4.0': 'Creative Commons Attribution, no derivatives',
  'ODC-By-1.0': 'Open Data Commons Attribution',
  'ODbL-1.0': 'Open Data Commons Open Database',
  'GFDL-1.3-or-later': 'GNU Free Documentation License',
  MIT: 'MIT',
  'Apache-2.0': 'Apache',
  'BSD-3-Clause': 'BSD, 3 clauses',
  'MPL-2.0': 'Mozilla Public License',
  'GPL-3.0-or-later': 'GNU General Public License',
  'AGPL-3.0-or-later': 'GNU Affero General Public License',
} as const;
export type LicenceId = keyof typeof LICENCES;

/** Maximum length of a license, in code units. */
export const MAX_LICENCE_LENGTH = 500;

/**
 * Sets the license of a text; null: unstated.
 * @throws HomegrownError `bad-settings` if it is too long; `storage-damaged`
 */
export async function setLicence(store: BlobStore, id: string, licence: string | null): Promise<TextRecord> {
  const stated = licence?.trim() ?? '';
  if (stated.length > MAX_LICENCE_LENGTH)
    throw badSettings(
      `The license has ${formatCount(stated.length)} characters; the maximum is ${formatCount(MAX_LICENCE_LENGTH)}.`,
      'Give its name and where to read it.',
    );
  return updateText(store, id, (text) => ({ ...text, licence: stated === '' ? null : stated }));
}
