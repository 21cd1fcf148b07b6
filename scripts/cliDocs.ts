/** Writes the flag tables of docs/cli.md from the statements of the flags: `npx tsx scripts/cliDocs.ts`. */
import { readFile, writeFile } from 'node:fs/promises';
import { COMMANDS } from '../cli/testing/commands';
import { DOCUMENT, withFlagTables } from './cliTables';

await writeFile(DOCUMENT, withFlagTables(await readFile(DOCUMENT, 'utf8'), COMMANDS));
